using System.Security.Cryptography;
using System.Text;

namespace SwePlatform.AppHost;

/// <summary>Where the state of this system is: the data folder while it runs here; nowhere yet when it is published.</summary>
internal sealed class PlatformData(DataFolder? folder)
{
    public DataFolder Folder => folder ?? throw new InvalidOperationException("There is no data folder when the system is published.");

    public bool IsHere => folder is not null;

    /// <summary>The name of a container's volume: another one for each data folder, Aspire's own when it is published.</summary>
    public string? Volume(string store) =>
        folder is null
            ? null
            : $"swe-platform-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Root)))[..10]}-{store}";
}

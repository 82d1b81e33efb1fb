using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace SwePlatform.ServiceDefaults.Hosting;

/// <summary>
/// Settings from files, one each, as container engines mount secrets: <c>/run/secrets/Auth__SigningKey</c> is
/// <c>Auth:SigningKey</c>. An environment shows in process lists, crash reports and <c>docker inspect</c>; a file does not.
/// </summary>
internal static class SecretFiles
{
    /// <summary>Setting that names another folder, such as that of systemd's credentials.</summary>
    public const string Setting = "Secrets:Folder";

    private const string DefaultFolder = "/run/secrets";

    /// <summary>Files go before the environment. A folder that was named has to be there, or the service does not start.</summary>
    public static void AddSecretFiles(this IHostApplicationBuilder builder)
    {
        var folder = builder.Configuration[Setting] is { Length: > 0 } named ? named : null;
        // The provider refuses relative paths, also that of a default which this system does not have.
        builder.Configuration.AddKeyPerFile(Path.GetFullPath(folder ?? DefaultFolder), optional: folder is null, reloadOnChange: false);
    }
}

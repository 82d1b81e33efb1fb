using System.Text;
using Aspire.Hosting.Publishing;

namespace SwePlatform.AppHost;

/// <summary>
/// The value of a parameter that nobody set: generated once, and kept in a file of the data folder that only its owner can
/// read, from its creation on. So it goes with the data, and two systems on one machine have different ones.
/// </summary>
internal sealed class SecretFile(string path, GenerateParameterDefault generator) : ParameterDefault
{
    public override string GetDefaultValue() => Keep(path, generator.GetDefaultValue);

    // Where it is deployed, it is generated and kept there.
    public override void WriteToManifest(ManifestPublishingContext context) => generator.WriteToManifest(context);

    /// <summary>Reads the secret at <paramref name="path"/>, or makes and stores it.</summary>
    public static string Keep(string path, Func<string> make)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }
        var value = make();
        Write(path, value);
        return value;
    }

    /// <summary>Replaces the file as a whole, so that nobody reads half a secret, and a crash leaves the old one.</summary>
    public static void Write(string path, string value)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var file = new FileStream(fresh, options))
        {
            file.Write(Encoding.UTF8.GetBytes(value + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }
}

using System.Globalization;

namespace SwePlatform.Api.Features.Diagnostics;

/// <summary>What the operating system allows this process.</summary>
internal static class ProcessLimits
{
    /// <summary>Open files, and how many there may be; null where the system does not tell.</summary>
    public static (int? Open, long? Most) OpenFiles()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits")
                .FirstOrDefault(text => text.StartsWith("Max open files", StringComparison.Ordinal));
            var soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return (
                Directory.GetFileSystemEntries("/proc/self/fd").Length,
                long.TryParse(soft, CultureInfo.InvariantCulture, out var most) ? most : long.MaxValue
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, null);
        }
    }
}

namespace SwePlatform.AppHost.Embedded;

/// <summary>The administrator's password: random on the first start, or the one that was asked for.</summary>
internal sealed record AdminPassword(string Value, bool Reset)
{
    private const int MinimumLength = 12;

    public static AdminPassword Load(DataDirectory data, string? requested)
    {
        if (string.IsNullOrEmpty(requested))
        {
            return new AdminPassword(Secrets.Keep(data.AdminPasswordFile, Secrets.NewPassword), Reset: false);
        }
        if (requested.Length < MinimumLength)
        {
            throw new HostException($"{EmbeddedOptions.AdminPasswordVariable} is too short: use at least {MinimumLength} characters.");
        }
        Secrets.Write(data.AdminPasswordFile, requested);
        return new AdminPassword(requested, Reset: true);
    }
}

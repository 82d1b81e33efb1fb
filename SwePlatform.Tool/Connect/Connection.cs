using SwePlatform.Tool.Client;
using SwePlatform.Tool.Discovery;
using SwePlatform.Tool.Login;
using SwePlatform.Tool.Run;

namespace SwePlatform.Tool.Connect;

/// <summary>Tells one client of the platform.</summary>
/// <param name="folder">The project's folder, for clients that are told project by project.</param>
internal sealed class Connection(McpClient client, ApiTarget target, Credentials? credentials, string folder, TextWriter output)
{
    private const string StandardName = "swe-platform";
    private const string Placeholder = "YOUR_API_KEY";

    public async Task<int> RunAsync(ConnectOptions options, CancellationToken cancellationToken)
    {
        var project = options.Project is null ? null : await FindProjectAsync(options, cancellationToken);
        var address = new Uri(target.Address, project is null ? "mcp" : $"mcp/projects/{project}");
        var entry = new ServerEntry(
            options.Name ?? StandardName,
            address,
            options.KeyVariable ?? options.ApiKey ?? Placeholder,
            options.KeyVariable is not null
        );
        var file = new ConfigurationFile(client, options.Global ? client.Global() : Path.Combine(folder, client.Local));
        if (options.Print)
        {
            await PrintAsync(file, entry);
            return 0;
        }
        // Before a key is made: a file that cannot be changed needs none.
        file.With(entry);
        var old = file.FindKey(entry.Name);
        var ignored =
            options.Global || entry.KeyIsVariable ? null : await GitGuard.KeepOutAsync(Path.GetFullPath(file.Path), cancellationToken);
        if (options.KeyVariable is not null || options.ApiKey is not null)
        {
            await WriteAsync(file, entry, ignored);
            return 0;
        }
        var key = new ClientKey(client, target, credentials);
        await using var session = await key.SignInAsync(options.Email, options.Password, cancellationToken);
        var (id, secret) = await key.CreateAsync(session, cancellationToken);
        try
        {
            await WriteAsync(file, entry with { Key = secret }, ignored);
        }
        catch
        {
            await session.Client.DeleteAsync($"/api/v1/api-keys/{id}", CancellationToken.None);
            throw;
        }
        if (old is not null && await key.RevokeAsync(session, old, cancellationToken))
        {
            await output.WriteLineAsync("The API key that it had before has been revoked.");
        }
        return 0;
    }

    private async Task<string> FindProjectAsync(ConnectOptions options, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(options.Project, out var id))
        {
            return id.ToString();
        }
        await using var session =
            options.ApiKey is { } apiKey ? await SignedIn.OpenAsync(target with { Token = apiKey }, cancellationToken)
            : target.Token is null && target.Password is null
                ? await new ClientKey(client, target, credentials).SignInAsync(options.Email, options.Password, cancellationToken)
            : await SignedIn.OpenAsync(target, cancellationToken);
        return await ProjectLookup.FindAsync(session.Client, options.Project, cancellationToken);
    }

    private async Task PrintAsync(ConfigurationFile file, ServerEntry entry)
    {
        await output.WriteLineAsync($"{file.Path}:");
        await output.WriteLineAsync(
            (
                client.IsToml
                    ? TomlDocument.Set("", client.Servers, entry.Name, entry.Update)
                    : JsonDocumentText.Set("", client.Servers, entry.Name, member => entry.Update(member, client))
            ).TrimEnd()
        );
        if (entry.Key == Placeholder)
        {
            await output.WriteLineAsync("Without --print, an API key is made and stands in its place.");
        }
    }

    private async Task WriteAsync(ConfigurationFile file, ServerEntry entry, string? ignored)
    {
        // Read again: the client may have written meanwhile.
        var backup = file.Write(file.With(entry));
        await output.WriteLineAsync($"{client.Title} knows {entry.Address} as '{entry.Name}': {file.Path}");
        if (backup is not null)
        {
            await output.WriteLineAsync($"The file as it was before: {backup}");
        }
        if (ignored is not null)
        {
            await output.WriteLineAsync(ignored);
        }
        await output.WriteLineAsync(
            entry.KeyIsVariable ? $"Set {entry.Key} to an API key before you start it. {client.Next}" : client.Next
        );
    }
}

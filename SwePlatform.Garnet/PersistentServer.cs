using System.Net;
using Garnet;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace SwePlatform.Garnet;

/// <summary>
/// Garnet with a password and a log of everything written, which is read again at the next start. Each write is handed to the
/// disk at once, and answered without waiting for it: a process that is killed loses what it answered in the last moments before
/// (measured: docs/DEPLOYMENT.md); an orderly stop loses nothing.
/// </summary>
internal sealed class PersistentServer : IAsyncDisposable
{
    private readonly GarnetServer _server;

    private PersistentServer(GarnetServer server) => _server = server;

    /// <exception cref="GarnetStartException">It cannot start.</exception>
    public static PersistentServer Start(IPEndPoint address, string folder, string password)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var server = new GarnetServer(Options(address, folder, password));
            server.Start();
            return new(server);
        }
        // Garnet throws plain exceptions.
        catch (Exception exception)
        {
            throw new GarnetStartException(
                $"Garnet did not start on {address}: {exception.Message} Its data ({folder}) may be deleted: "
                    + "caches are filled again, and everyone has to sign in again.",
                exception
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What was written last.
        await _server.Store.CommitAOFAsync(CancellationToken.None);
        _server.Dispose();
    }

    private static GarnetServerOptions Options(IPEndPoint address, string folder, string password) =>
        new()
        {
            EndPoints = [address],
            AuthSettings = new PasswordAuthenticationSettings(password),
            LogMemorySize = "64m",
            PageSize = "2m",
            SegmentSize = "64m",
            IndexMemorySize = "16m",
            EnableLua = true,
            LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Enable, []),
            // The default device wants a native library (libaio) that many machines do not have.
            DeviceType = DeviceType.RandomAccess,
            CheckpointDir = folder,
            Recover = true,
            EnableAOF = true,
            AofMemorySize = "16m",
            AofPageSize = "4m",
            AofSegmentSize = "16m",
            // Beyond this a checkpoint is taken and the log before it is dropped.
            AofSizeLimit = "64m",
            ExpiredKeyDeletionScanFrequencySecs = 60,
            MaxDatabases = 1,
            QuietMode = true,
        };
}

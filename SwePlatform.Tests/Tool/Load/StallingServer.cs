using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SwePlatform.Tests.Tool.Load;

/// <summary>A server that counts its requests, and answers none of them for a while after some number of them.</summary>
internal sealed class StallingServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly int _stallAt;
    private readonly TimeSpan _stall;
    private Task _gate = Task.CompletedTask;
    private int _requests;

    private StallingServer(int stallAt, TimeSpan stall)
    {
        (_stallAt, _stall) = (stallAt, stall);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Requests => Volatile.Read(ref _requests);

    public Uri Address => new(_app.Urls.Single());

    public static async Task<StallingServer> StartAsync(int stallAt, TimeSpan stall)
    {
        var server = new StallingServer(stallAt, stall);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _requests) == _stallAt)
        {
            Volatile.Write(ref _gate, Task.Delay(_stall));
        }
        await Volatile.Read(ref _gate);
        context.Response.StatusCode = context.Request.Path == "/broken" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        await context.Response.WriteAsync("{\"success\":true}");
    }
}

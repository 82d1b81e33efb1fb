using System.Net;
using System.Runtime.InteropServices;
using SwePlatform.Garnet;

// Settings come by the environment, which only this user can look at: Garnet__Port, Garnet__Folder, Garnet__Password.
var port = Required("Port");
var folder = Required("Folder");
if (!ushort.TryParse(port, out var number))
{
    return Fail($"Garnet__Port is {port}, which is not a port.");
}

using var stopping = new ManualResetEventSlim();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    await using var server = PersistentServer.Start(new IPEndPoint(IPAddress.Loopback, number), folder, Required("Password"));
    Console.WriteLine($"Garnet listens on 127.0.0.1:{number}; its data is in {folder}");
    stopping.Wait();
    Console.WriteLine("Stopping");
}
catch (GarnetStartException exception)
{
    return Fail(exception.Message);
}
return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Set();
}

static string Required(string name) =>
    Environment.GetEnvironmentVariable($"Garnet__{name}") is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"Set Garnet__{name}.");

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}

using System.Buffers.Text;
using System.Security.Cryptography;

namespace SwePlatform.AppHost.Lifecycle;

/// <summary>
/// The code of the sign-in link: one a start of the system, however many replicas take it and however often they restart.
/// </summary>
internal sealed class StartupSignInCode
{
    private const int Bytes = 24;

    public string Value { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
}

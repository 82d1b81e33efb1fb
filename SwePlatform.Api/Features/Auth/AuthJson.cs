using System.Text.Json.Serialization;
using SwePlatform.Api.Features.Auth.ApiKeys;
using SwePlatform.Api.Infrastructure.Http;

namespace SwePlatform.Api.Features.Auth;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(CodeLoginRequest))]
[JsonSerializable(typeof(LoginResponse))]
[JsonSerializable(typeof(SignInCodeResponse))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(CreateApiKeyRequest))]
[JsonSerializable(typeof(CreatedApiKeyResponse))]
[JsonSerializable(typeof(PagedList<ApiKeyResponse>))]
internal sealed partial class AuthJson : JsonSerializerContext;

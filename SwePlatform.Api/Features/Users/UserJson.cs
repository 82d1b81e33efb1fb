using System.Text.Json.Serialization;

namespace SwePlatform.Api.Features.Users;

/// <summary>How the contracts of this feature are read and written, made by the compiler.</summary>
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(UpdateUserRequest))]
internal sealed partial class UserJson : JsonSerializerContext;

namespace SwePlatform.Api.Infrastructure.Identity;

public enum UserRole
{
    Member,
    Admin,
}

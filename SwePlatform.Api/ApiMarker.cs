namespace SwePlatform.Api;

/// <summary>Names this assembly to a test host, where <c>Program</c> would be ambiguous.</summary>
public sealed class ApiMarker;

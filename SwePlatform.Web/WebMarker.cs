namespace SwePlatform.Web;

/// <summary>Names this assembly for tests, which reference two projects that each have a <c>Program</c>.</summary>
public sealed class WebMarker;

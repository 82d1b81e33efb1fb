using MudBlazor.Services;
using SwePlatform.ServiceDefaults;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Components;
using SwePlatform.Web.Infrastructure;
using SwePlatform.Web.Sessions;

var builder = WebApplication.CreateBuilder(args);

// Built output serves the libraries' files too: publishing is not the only way to run in production.
builder.WebHost.UseStaticWebAssets();
builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);

builder.AddServiceDefaults();
builder.AddSessions();
builder.AddApiClients();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddAntiforgery(options => options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
builder.Services.AddMudServices();
builder
    .Services.AddRazorComponents()
    .AddInteractiveServerComponents()
    .AddHubOptions(hub => hub.MaximumReceiveMessageSize = Prerendered.MaxMessageBytes);

var app = builder.Build();

app.UseForwardedHeaders();
app.UseSecurityHeaders();
app.UseErrorPages();
app.UseLibraryAssetCaching();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.UseExpiredFormPage();

app.MapStaticAssets().AllowAnonymous();
app.MapSignOut();
app.MapAssetList();
app.MapExecutionExport();

// Framing is part of the policy in SecurityHeaders.
app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
app.MapDefaultEndpoints();

await app.RunAsync();

using SwePlatform.Api.Repositories.Worktrees;

namespace SwePlatform.Api.Sandbox;

internal static class SandboxSetup
{
    public static void AddSandbox(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<SandboxOptions>()
            .BindConfiguration(SandboxOptions.Section)
            .Configure<IConfiguration>(
                static (options, configuration) =>
                {
                    options.AllowUnsandboxed = configuration.GetValue("Tools:AllowUnsandboxed", false);
                    options.MembersMayAllowNetwork = configuration.GetValue("Tools:MembersMayAllowNetwork", false);
                }
            )
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<Toolchains>();
        builder.Services.AddSingleton<SandboxAccount>();
        builder.Services.AddSingleton<SandboxPlan>();
        builder.Services.AddSingleton<ResourceLimits>();
        builder.Services.AddSingleton<ProcessStarter>();
        builder.Services.AddSingleton<ProcessWatch>();
        builder.Services.AddSingleton<Bubblewrap>();
        builder.Services.AddSingleton<ProgramRunner>();
        builder.Services.AddSingleton<IWorktreeGit, SandboxedGit>();
        builder.Services.AddHostedService<SandboxWarmUp>();
    }
}

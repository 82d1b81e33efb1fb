using SwePlatform.Api.Toolbox.Code;
using SwePlatform.Api.Toolbox.Deps;
using SwePlatform.Api.Toolbox.Files;
using SwePlatform.Api.Toolbox.Git;
using SwePlatform.Api.Toolbox.Programs;

namespace SwePlatform.Api.Toolbox;

internal static class ToolboxSetup
{
    public static void AddToolbox(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ITool, CodeDuplicates>();
        builder.Services.AddSingleton<ITool, CodeHotspots>();
        builder.Services.AddSingleton<Ctags>();
        builder.Services.AddSingleton<ITool, CodeOutline>();
        builder.Services.AddSingleton<ITool, CodeSearch>();
        builder.Services.AddSingleton<ITool, CodeStats>();
        builder.Services.AddSingleton<ITool, DepsList>();
        builder.Services.AddSingleton<ITool, FilesList>();
        builder.Services.AddSingleton<ITool, FilesRead>();
        builder.Services.AddSingleton<ITool, GitBlame>();
        builder.Services.AddSingleton<ITool, GitBranches>();
        builder.Services.AddSingleton<ITool, GitDiff>();
        builder.Services.AddSingleton<ITool, GitLog>();
        builder.Services.AddSingleton<ITool, GitShow>();
        builder.Services.AddSingleton<ITool, FilesWrite>();
        builder.Services.AddSingleton<ITool, FilesPatch>();
        builder.Services.AddSingleton<ITool, FilesEdit>();
        builder.Services.AddSingleton<ITool, FilesMove>();
        builder.Services.AddSingleton<ITool, FilesDelete>();
        builder.Services.AddSingleton<ITool, FilesMkdir>();
        builder.Services.AddSingleton<ITool, FilesRestore>();
        builder.Services.AddSingleton<ITool, GitCommitChanges>();
        builder.Services.AddSingleton<ITool, ProcessRun>();
        builder.Services.AddSingleton<ProjectRuns>();
        builder.Services.AddSingleton<ITool, ProjectBuild>();
        builder.Services.AddSingleton<ITool, ProjectTest>();
    }
}

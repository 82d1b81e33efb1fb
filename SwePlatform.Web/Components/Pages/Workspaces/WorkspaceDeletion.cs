using MudBlazor;

namespace SwePlatform.Web.Components.Pages.Workspaces;

/// <summary>Asks before a workspace goes.</summary>
internal static class WorkspaceDeletion
{
    public static async Task<bool> AskAsync(IDialogService dialogs, string name) =>
        await dialogs.ShowMessageBoxAsync(
            $"Delete {name}?",
            "Its files and its branch are removed, with every commit that was not fetched from it.",
            yesText: "Delete",
            cancelText: "Cancel"
        ) == true;
}

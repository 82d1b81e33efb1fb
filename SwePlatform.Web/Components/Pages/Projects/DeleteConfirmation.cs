using MudBlazor;
using SwePlatform.Web.Clients;

namespace SwePlatform.Web.Components.Pages.Projects;

/// <summary>Asks before a project goes.</summary>
internal static class DeleteConfirmation
{
    public static async Task<bool> AskAsync(IDialogService dialogs, ProjectDto project) =>
        await dialogs.ShowMessageBoxAsync(
            $"Delete {project.Name}?",
            "The platform forgets the project and removes its clone. The repository itself is not touched.",
            yesText: "Delete",
            cancelText: "Cancel"
        ) == true;
}

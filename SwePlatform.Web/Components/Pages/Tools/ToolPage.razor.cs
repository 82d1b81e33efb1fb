using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using SwePlatform.Web.Clients;
using SwePlatform.Web.Components.Pages.Tools.Arguments;

namespace SwePlatform.Web.Components.Pages.Tools;

/// <summary>
/// A tool's form and its last result. The address holds the call: running a tool that only reads goes there
/// first, so that the back button, a reload and a shared link all show the same call again.
/// </summary>
public sealed partial class ToolPage
{
    // Browsers and proxies cut longer addresses.
    private const int LongestAddress = 4000;

    private ToolDto? _tool;
    private IReadOnlyList<ProjectDto> _projects = [];
    private IReadOnlyList<ToolArgument> _arguments = [];
    private ArgumentValues? _values;
    private Dictionary<string, string> _fieldErrors = [];
    private Guid? _projectId;
    private string? _gitRef;
    private string? _workspace;
    private Exception? _error;
    private string? _shownAddress;

    [Parameter]
    public required string Name { get; set; }

    [SupplyParameterFromQuery]
    private string? ProjectId { get; set; }

    [SupplyParameterFromQuery]
    private string? Ref { get; set; }

    [SupplyParameterFromQuery]
    private string? Workspace { get; set; }

    [SupplyParameterFromQuery]
    private bool Run { get; set; }

    [Inject]
    private ToolsClient Tools { get; set; } = default!;

    [Inject]
    private ExecutionsClient Executions { get; set; } = default!;

    [Inject]
    private ProjectsClient ProjectList { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (Navigation.Uri == _shownAddress)
            return;
        _shownAddress = Navigation.Uri;

        if (_tool?.Name != Name && !await LoadAsync())
            return;

        _fieldErrors = [];
        _gitRef = Ref;
        _workspace = Workspace;
        _projectId =
            Guid.TryParse(ProjectId, out var id) ? id
            : _projects.Count > 0 ? _projects[0].Id
            : null;
        _values!.Read(QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query));

        // A link must not be able to make somebody change something: only tools that read run by themselves.
        if (Run && _tool!.Annotations.ReadOnly && RendererInfo.IsInteractive)
        {
            await ExecuteAsync();
        }
        else
        {
            StopFollowing();
            _execution = null;
        }
    }

    private async Task<bool> LoadAsync()
    {
        _tool = null;
        _execution = null;
        _error = null;
        try
        {
            var tool = Tools.GetAsync(Name, Ended);
            var projects = await ProjectList.ListAsync(0, 500, Ended);
            _projects = [.. projects.Items.Where(project => project.IsReady)];
            _tool = await tool;
            _arguments = ToolArgument.FromSchema(_tool.InputSchema);
            _values = new ArgumentValues(_arguments);
            return true;
        }
        catch (ApiException exception)
        {
            _error =
                exception.Status is HttpStatusCode.NotFound
                    ? new ApiException("There is no such tool", $"No tool is called {Name}.", exception.Status)
                    : exception;
            return false;
        }
    }

    private async Task SubmitAsync()
    {
        // The button is disabled then; its shortcut is not.
        if (Running)
            return;
        // Found here, a mistake costs no address and no call.
        _values!.ToJson(out _fieldErrors);
        if (_fieldErrors.Count > 0)
            return;

        var address = ToolLocation.Build(Name, _projectId, _gitRef, _values.ForAddress(), _tool!.Annotations.ReadOnly, _workspace);
        if (address.Length > LongestAddress || Navigation.ToAbsoluteUri(address).AbsoluteUri == _shownAddress)
        {
            await ExecuteAsync();
        }
        else if (_tool.Annotations.ReadOnly)
        {
            Navigation.NavigateTo(address);
        }
        else
        {
            _shownAddress = Navigation.ToAbsoluteUri(address).AbsoluteUri;
            Navigation.NavigateTo(address, replace: true);
            await ExecuteAsync();
        }
    }
}

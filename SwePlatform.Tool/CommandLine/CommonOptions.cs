using System.CommandLine;
using SwePlatform.Tool.Discovery;

namespace SwePlatform.Tool.CommandLine;

/// <summary>Options that several commands have, always under the same name.</summary>
internal static class CommonOptions
{
    public static Option<string> Url() =>
        new("--url")
        {
            Description =
                $"Address of the API (default: ${Variables.ApiUrl}, the platform that runs here, the one of swe login, "
                + "http://localhost:8000)",
            HelpName = "URL",
            Recursive = true,
        };

    public static Option<string> Data() =>
        new("--data")
        {
            Description = "Data folder of a platform on this machine (default: .data in the checkout)",
            HelpName = "DIR",
            Recursive = true,
        };

    public static Option<int> Count(string name, string description, int standard)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var count) && count > 0))
            {
                result.AddError($"{name}: {token.Value} is not a positive number.");
            }
        });
        return option;
    }
}

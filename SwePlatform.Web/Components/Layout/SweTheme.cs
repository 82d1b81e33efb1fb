using MudBlazor;

namespace SwePlatform.Web.Components.Layout;

/// <summary>Ink on paper with one accent; hairlines instead of shadows. app.css has the same colours.</summary>
internal static class SweTheme
{
    private static readonly string[] SystemFont =
    [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "Roboto",
        "Helvetica Neue",
        "Arial",
        "sans-serif",
    ];

    public static readonly MudTheme Instance = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6b5f",
            PrimaryContrastText = "#ffffff",
            Secondary = "#4a5551",
            Tertiary = "#7a5b12",
            Background = "#f7f7f4",
            BackgroundGray = "#eff0ec",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1b1f1e",
            DrawerBackground = "#f7f7f4",
            DrawerText = "#1b1f1e",
            DrawerIcon = "#56605d",
            TextPrimary = "#1b1f1e",
            TextSecondary = "#56605d",
            TextDisabled = "#8b9491",
            ActionDefault = "#56605d",
            LinesDefault = "#dcdfda",
            LinesInputs = "#8b9491",
            TableLines = "#e6e8e4",
            Divider = "#dcdfda",
            Error = "#b3261e",
            Warning = "#8a5a00",
            Success = "#1f7a3d",
            Info = "#1f5f99",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#5fd0b8",
            PrimaryContrastText = "#06231e",
            Secondary = "#aab5b1",
            Tertiary = "#e5b454",
            Black = "#0b0e0d",
            Background = "#101413",
            BackgroundGray = "#1c2221",
            Surface = "#171c1b",
            AppbarBackground = "#171c1b",
            AppbarText = "#e4e9e7",
            DrawerBackground = "#101413",
            DrawerText = "#e4e9e7",
            DrawerIcon = "#9aa6a2",
            TextPrimary = "#e4e9e7",
            TextSecondary = "#9aa6a2",
            TextDisabled = "#6c7773",
            ActionDefault = "#9aa6a2",
            LinesDefault = "#2a3230",
            LinesInputs = "#6c7773",
            TableLines = "#242b29",
            Divider = "#2a3230",
            Error = "#ff8a80",
            ErrorContrastText = "#2b0603",
            Warning = "#e5b454",
            WarningContrastText = "#241a02",
            Success = "#6fce8d",
            SuccessContrastText = "#05240f",
            Info = "#7db8f0",
            InfoContrastText = "#04192c",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "4px", AppbarHeight = "48px" },
        Typography = new Typography
        {
            Default = new DefaultTypography
            {
                FontFamily = SystemFont,
                FontSize = "0.875rem",
                LineHeight = "1.5",
                LetterSpacing = "normal",
            },
            Button = new ButtonTypography
            {
                FontFamily = SystemFont,
                FontSize = "0.875rem",
                FontWeight = "550",
                TextTransform = "none",
                LetterSpacing = "normal",
            },
        },
    };
}

using System.Globalization;
using System.Text;
using NJsonSchema.Validation;

namespace SwePlatform.Api.Features.Tools;

/// <summary>Says in words what the schema validator found, under the name of the field as a caller writes it.</summary>
internal static class SchemaErrors
{
    public static Dictionary<string, string[]> ByField(IEnumerable<ValidationError> errors) =>
        errors
            .Select(Innermost)
            .GroupBy(error => Field(error.Path), error => Describe(error))
            .ToDictionary(group => group.Key, group => group.Distinct().ToArray());

    // A field that may be null or a list reports that neither fits; what is wrong with the list is what helps.
    private static ValidationError Innermost(ValidationError error)
    {
        while (Branches(error) is { } branches)
        {
            // Of several types, the one that the value has says more than those that it has not.
            var children = branches.Where(child => child.Kind != ValidationErrorKind.NullExpected).ToList();
            var inner =
                children.Find(child => !child.Kind.ToString().EndsWith("Expected", StringComparison.Ordinal)) ?? children.FirstOrDefault();
            if (inner is null)
            {
                break;
            }
            error = inner;
        }
        return error;
    }

    private static IEnumerable<ValidationError>? Branches(ValidationError error) =>
        error switch
        {
            ChildSchemaValidationError parent => parent.Errors.SelectMany(branch => branch.Value),
            MultiTypeValidationError parent => parent.Errors.SelectMany(branch => branch.Value),
            _ => null,
        };

    // "#/include[0]" is "arguments.include[0]"
    private static string Field(string? path)
    {
        var inner = path is null ? "" : path.TrimStart('#').TrimStart('/').Replace('/', '.');
        return inner.Length == 0 ? "arguments" : $"arguments.{inner}";
    }

    private static string Describe(ValidationError error)
    {
        var schema = error.Schema;
        return error.Kind switch
        {
            ValidationErrorKind.PropertyRequired => "This argument is required.",
            ValidationErrorKind.NoAdditionalPropertiesAllowed => "This argument is not known to the tool.",
            ValidationErrorKind.StringTooShort => $"Must have at least {schema.MinLength} character(s).",
            ValidationErrorKind.StringTooLong => $"Must have at most {schema.MaxLength} characters.",
            ValidationErrorKind.NumberTooSmall => string.Create(CultureInfo.InvariantCulture, $"Must be at least {schema.Minimum}."),
            ValidationErrorKind.NumberTooBig or ValidationErrorKind.IntegerTooBig => string.Create(
                CultureInfo.InvariantCulture,
                $"Must be at most {schema.Maximum}."
            ),
            ValidationErrorKind.TooManyItems => $"Must have at most {schema.MaxItems} items.",
            ValidationErrorKind.TooFewItems => $"Must have at least {schema.MinItems} items.",
            ValidationErrorKind.NotInEnumeration => $"Must be one of: {string.Join(", ", schema.Enumeration)}.",
            _ when error.Kind.ToString() is var kind && kind.EndsWith("Expected", StringComparison.Ordinal) =>
                $"Must be {Article(kind[..^"Expected".Length])}.",
            _ => Words(error.Kind.ToString()) + ".",
        };
    }

    private static string Article(string type) =>
        ("AEIO".Contains(type[0], StringComparison.Ordinal) ? "an " : "a ") + type.ToLowerInvariant();

    private static string Words(string kind)
    {
        var words = new StringBuilder();
        foreach (var character in kind)
        {
            words
                .Append(char.IsUpper(character) && words.Length > 0 ? " " : "")
                .Append(words.Length > 0 ? char.ToLowerInvariant(character) : character);
        }
        return words.ToString();
    }
}

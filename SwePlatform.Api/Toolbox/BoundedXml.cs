using System.Xml;
using System.Xml.Linq;

namespace SwePlatform.Api.Toolbox;

/// <summary>
/// XML from untrusted sources: no document type, nothing fetched, and limits on its length and depth.
/// What loads such a document whole takes time that grows with the square of its depth.
/// </summary>
internal static class BoundedXml
{
    public const int MaxDepth = 64;

    private const long MaxCharacters = 64L * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    public static XmlReader Open(Stream stream) => XmlReader.Create(stream, Settings);

    /// <summary>Goes to the next node.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="XmlException">It is no XML, or nested too deeply.</exception>
    public static bool Next(XmlReader reader, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return reader.Read()
            && (reader.Depth <= MaxDepth ? true : throw new XmlException($"Elements are nested more than {MaxDepth} deep."));
    }

    /// <summary>The whole document, which the caller knows to be small.</summary>
    /// <exception cref="XmlException">It is no XML, or nested too deeply.</exception>
    public static XDocument Load(string text)
    {
        using (var depth = XmlReader.Create(new StringReader(text), Settings))
        {
            while (Next(depth, CancellationToken.None)) { }
        }
        using var reader = XmlReader.Create(new StringReader(text), Settings);
        return XDocument.Load(reader);
    }

    /// <summary>The text of the element that the reader is on, up to a length; the reader is then on its end.</summary>
    public static string ReadText(XmlReader reader, int maxLength, CancellationToken cancellationToken)
    {
        if (reader.IsEmptyElement)
        {
            return "";
        }
        var (text, depth, chunk) = (new System.Text.StringBuilder(), reader.Depth, new char[4096]);
        while (Next(reader, cancellationToken) && reader.Depth > depth)
        {
            if (
                reader.NodeType
                is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            )
            {
                continue;
            }
            for (
                int read;
                text.Length < maxLength && (read = reader.ReadValueChunk(chunk, 0, Math.Min(chunk.Length, maxLength - text.Length))) > 0;

            )
            {
                text.Append(chunk, 0, read);
            }
        }
        return text.ToString();
    }
}

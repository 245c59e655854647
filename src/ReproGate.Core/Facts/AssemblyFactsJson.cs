using System.Collections.Immutable;
using System.Text.Json;

namespace ReproGate.Facts;

/// <summary>
/// The text form of <see cref="AssemblyFacts"/>. Stable: the same facts give the same bytes. Source files are listed once
/// and named by index; a reader of another format version says so by returning null.
/// </summary>
public static class AssemblyFactsJson
{
    /// <summary>Raised whenever the pass sees more or the form changes, so that stored facts of an older pass are not used.</summary>
    public const int Format = 1;

    private static readonly JsonReaderOptions ReadOptions = new() { MaxDepth = 16 };

    /// <summary>Writes facts as UTF-8.</summary>
    public static void Write(Stream stream, AssemblyFacts facts)
    {
        List<string> files = [.. facts.References
            .SelectMany(static reference => reference.Types)
            .SelectMany(static type => type.Uses)
            .Select(static use => use.Location?.File)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
        Dictionary<string, int> index = files.Select(static (file, position) => (file, position)).ToDictionary(static pair => pair.file, static pair => pair.position, StringComparer.Ordinal);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("name", facts.Name);
        json.WriteString("mvid", facts.Mvid);
        json.WriteString("symbols", facts.Symbols.ToString());
        WriteTexts(json, "unread", facts.Unread);
        WriteTexts(json, "files", files);
        json.WriteStartArray("references");
        foreach (UsedAssembly reference in facts.References)
        {
            json.WriteStartObject();
            json.WriteString("name", reference.Name);
            json.WriteStartArray("types");
            foreach (UsedType type in reference.Types)
            {
                json.WriteStartObject();
                json.WriteString("name", type.Name);
                json.WriteStartArray("uses");
                foreach (TypeUse use in type.Uses)
                {
                    WriteUse(json, use, index);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "namesInStrings", facts.NamesInStrings);
        json.WriteEndObject();
    }

    /// <summary>Reads facts; null where the text is damaged, half written or of another format version, so that the pass must run again.</summary>
    public static AssemblyFacts? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, ReadOptions);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetInt32() != Format)
            {
                return null;
            }

            ImmutableArray<string> files = ReadTexts(root.GetProperty("files"));
            return new AssemblyFacts
            {
                Name = root.GetProperty("name").GetString()!,
                Mvid = root.GetProperty("mvid").GetGuid(),
                Symbols = Enum.Parse<SymbolState>(root.GetProperty("symbols").GetString()!),
                Unread = ReadTexts(root.GetProperty("unread")),
                NamesInStrings = ReadTexts(root.GetProperty("namesInStrings")),
                References =
                [
                    .. root.GetProperty("references").EnumerateArray().Select(reference => new UsedAssembly(
                        reference.GetProperty("name").GetString()!,
                        [
                            .. reference.GetProperty("types").EnumerateArray().Select(type => new UsedType(
                                type.GetProperty("name").GetString()!,
                                [.. type.GetProperty("uses").EnumerateArray().Select(use => ReadUse(use, files))])),
                        ])),
                ],
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static void WriteUse(Utf8JsonWriter json, TypeUse use, Dictionary<string, int> files)
    {
        json.WriteStartObject();
        json.WriteString("kind", use.Kind.ToString());
        if (use.Member.Length > 0)
        {
            json.WriteString("member", use.Member);
        }

        if (use.Location is { } location)
        {
            json.WriteNumber("file", files[location.File]);
            json.WriteNumber("line", location.Line);
            json.WriteNumber("column", location.Column);
        }

        if (use.Generated)
        {
            json.WriteBoolean("generated", true);
        }

        json.WriteEndObject();
    }

    private static TypeUse ReadUse(JsonElement use, ImmutableArray<string> files) => new(
        Enum.Parse<UseKind>(use.GetProperty("kind").GetString()!),
        use.TryGetProperty("member", out JsonElement member) ? member.GetString()! : "",
        use.TryGetProperty("file", out JsonElement file)
            ? new SourceLocation(files[file.GetInt32()], use.GetProperty("line").GetInt32(), use.GetProperty("column").GetInt32())
            : null,
        use.TryGetProperty("generated", out JsonElement generated) && generated.GetBoolean());

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static ImmutableArray<string> ReadTexts(JsonElement array) => [.. array.EnumerateArray().Select(static text => text.GetString()!)];
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ReproGate.Facts;

namespace ReproGate.Repository;

/// <summary>Versions read from a JSON file of the repository, or why it could not be read.</summary>
/// <param name="Versions">What it declares, in the file's order.</param>
/// <param name="Fault">What is wrong with it, one sentence; null where nothing is.</param>
/// <param name="FaultLocation">Where the fault is.</param>
public sealed record JsonVersions(ImmutableArray<DeclaredVersion> Versions, string? Fault, SourceLocation FaultLocation)
{
    private const long MaxBytes = 4 * 1024 * 1024;
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>Reads string values at a path of the document.</summary>
    /// <param name="path">Absolute path of the file; one that does not exist declares nothing.</param>
    /// <param name="section">Name of the top-level object to look into.</param>
    /// <param name="member">Name of the member that holds the version inside each entry; null where the entry itself is the version.</param>
    public static JsonVersions Read(string path, string section, string? member)
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return new JsonVersions([], null, new SourceLocation(path));
            }

            if (file.Length > MaxBytes)
            {
                return new JsonVersions([], "The file is larger than 4 MB.", new SourceLocation(path));
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new JsonVersions([], exception.Message, new SourceLocation(path));
        }

        return Parse(bytes, path, section, member);
    }

    /// <summary>Reads the same from bytes.</summary>
    public static JsonVersions Parse(ReadOnlySpan<byte> bytes, string path, string section, string? member)
    {
        int bom = bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        ReadOnlySpan<byte> json = bytes[bom..];
        var versions = ImmutableArray.CreateBuilder<DeclaredVersion>();
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return new JsonVersions([], "A JSON object was expected.", new SourceLocation(path, 1, 1));
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool wanted = NameIs(ref reader, section);
                reader.Read();
                if (!wanted || reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }

                ReadSection(ref reader, json, path, member, versions);
            }

            while (reader.Read())
            {
                // The rest must be JSON too.
            }

            return new JsonVersions(versions.ToImmutable(), null, new SourceLocation(path));
        }
        catch (JsonException exception)
        {
            return new JsonVersions([], "The file is no valid JSON.", JsonPlace.Of(exception, path));
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for a string whose bytes are no UTF-8 or whose escape is half a surrogate pair.
            return new JsonVersions([], "A string of the file is no valid text.", new SourceLocation(path, 1, 1));
        }
    }

    private static void ReadSection(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string path, string? member, ImmutableArray<DeclaredVersion>.Builder versions)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string id = Printable(reader.GetString()!);
            TextSpan name = JsonPlace.OfString(ref reader, json, path);
            reader.Read();
            if (member is null)
            {
                Add(ref reader, json, path, id, name, versions);
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    bool wanted = NameIs(ref reader, member);
                    reader.Read();
                    if (wanted)
                    {
                        Add(ref reader, json, path, id, name, versions);
                    }

                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void Add(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string path, string id, TextSpan name, ImmutableArray<DeclaredVersion>.Builder versions)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            versions.Add(new DeclaredVersion(id, Printable(reader.GetString()!), JsonPlace.OfString(ref reader, json, path)) { IdSpan = name });
        }
    }

    // JSON may escape any character; one that steers a terminal is part of no id and no version, and would be printed with the finding.
    private static string Printable(string text) => text.Any(char.IsControl) ? new string([.. text.Select(static letter => char.IsControl(letter) ? '\uFFFD' : letter)]) : text;

    // The .NET SDK reads both files without regard to case.
    private static bool NameIs(ref Utf8JsonReader reader, string name) => reader.GetString()!.Equals(name, StringComparison.OrdinalIgnoreCase);
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReproGate.Facts.Configuration;

/// <summary>How rows of <c>reprogate.env.json</c> are written, and where.</summary>
public static class MatrixText
{
    /// <summary>The source that a cell names until a person says where a key really comes from; an agreement with nobody.</summary>
    public const string Unconfirmed = "external:unconfirmed";

    private static readonly ImmutableArray<(string Word, ConfigurationValueType Type)> TypeWords =
    [
        ("string", ConfigurationValueType.String),
        ("int", ConfigurationValueType.Int),
        ("number", ConfigurationValueType.Number),
        ("bool", ConfigurationValueType.Bool),
        ("url", ConfigurationValueType.Url),
        ("port", ConfigurationValueType.Port),
        ("path", ConfigurationValueType.Path),
        ("duration", ConfigurationValueType.Duration),
        ("enum", ConfigurationValueType.Enum),
        ("connection-string", ConfigurationValueType.ConnectionString),
        ("object", ConfigurationValueType.Object),
        ("array", ConfigurationValueType.Array),
    ];

    /// <summary>All type words, for messages.</summary>
    public static string Types => string.Join(", ", TypeWords.Select(static pair => pair.Word));

    /// <summary>The word for a type, for an enumeration with its members: <c>enum(Fast|Safe)</c>.</summary>
    public static string Word(ConfigurationValueType type, ImmutableArray<string> members)
    {
        string word = TypeWords.First(pair => pair.Type == type).Word;
        return type == ConfigurationValueType.Enum && !members.IsDefaultOrEmpty ? $"enum({string.Join('|', members)})" : word;
    }

    /// <summary>The type a word names; null for any other word.</summary>
    public static ConfigurationValueType? Type(string word) => TypeWords.Where(pair => pair.Word == word).Select(static pair => (ConfigurationValueType?)pair.Type).FirstOrDefault();

    /// <summary>Writes a row as a person would: <c>"Orders:Url": "url"</c>, and only what does not fit into words as an object.</summary>
    /// <param name="row">The row.</param>
    /// <param name="environments">All environments: a row that is optional in each of them has the short mark.</param>
    public static string Row(MatrixKey row, IReadOnlyCollection<MatrixEnvironment> environments)
    {
        bool optional = environments.Count > 0 && environments.All(environment => row.Cells.TryGetValue(environment.Name, out MatrixCell? cell) && cell is { Presence: Presence.Optional });
        var words = new List<string>();
        if (row.Secret)
        {
            words.Add("secret");
        }

        if (row.Public)
        {
            words.Add("public");
        }

        if (row.BuildPhase)
        {
            words.Add("build");
        }

        words.Add(Word(row.Type ?? ConfigurationValueType.String, row.EnumMembers) + (optional ? "?" : ""));
        var members = new List<string>();
        if (!row.Apps.IsEmpty)
        {
            members.Add($"\"apps\": {(row.Apps.Length == 1 ? Quote(row.Apps[0]) : $"[{string.Join(", ", row.Apps.Select(Quote))}]")}");
        }

        if (row.AnyOf.Length > 0)
        {
            members.Add($"\"anyOf\": {Quote(row.AnyOf)}");
        }

        if (row.ReadBy.Length > 0)
        {
            members.Add($"\"readBy\": {Quote(row.ReadBy)}");
        }

        if (row.Why.Length > 0)
        {
            members.Add($"\"why\": {Quote(row.Why)}");
        }

        if (!optional)
        {
            members.AddRange(
                from environment in environments
                where row.Cells.ContainsKey(environment.Name)
                let cell = row.Cells[environment.Name]
                select $"{Quote(environment.Name)}: {Quote(cell.Presence switch { Presence.Optional => "?", Presence.Forbidden => "-", _ => cell.Source })}");
        }

        string type = Quote(string.Join(' ', words));
        return $"{Quote(row.Key)}: {(members.Count == 0 ? type : $"{{ \"type\": {type}, {string.Join(", ", members)} }}")}";
    }

    /// <summary>The edit that puts a row where it sorts; null where the file has no keys to put it among.</summary>
    /// <param name="matrix">The matrix as it was read.</param>
    /// <param name="key">The row's key.</param>
    /// <param name="row">The row's text, without comma.</param>
    public static TextEdit? Insert(EnvironmentMatrix matrix, string key, string row)
    {
        if (matrix.End is not { } end)
        {
            return null;
        }

        if (matrix.Keys.FirstOrDefault(other => string.Compare(other.Key, key, StringComparison.OrdinalIgnoreCase) > 0) is { } next)
        {
            SourceLocation at = next.Location;
            return new TextEdit(at.File, at.Line, at.Column, at.Line, at.Column, $"{row},\n{new string(' ', at.Column - 1)}");
        }

        string indent = new(' ', matrix.Keys.IsEmpty ? 4 : matrix.Keys[^1].Location.Column - 1);
        SourceLocation last = end.Location;
        return new TextEdit(last.File, last.Line, last.Column, last.Line, last.Column, $"{(end.NeedsComma ? "," : "")}\n{indent}{row}{(end.NeedsComma ? "" : ",")}");
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}

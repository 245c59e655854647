using System.Text;
using System.Text.Json;

namespace ReproGate.Cli.Adoption;

/// <summary>What <c>.vscode/settings.json</c> needs, so that VS Code completes ReproGate's files by their schemas and allows comments in them.</summary>
internal static class VsCodeSettings
{
    private static readonly string[] Files = ["env", "allow", "baseline"];

    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The file with what is missing added, everything else as it stands.</summary>
    /// <param name="current">Its text; null where there is none.</param>
    /// <exception cref="ToolException">It is no JSON.</exception>
    public static string Propose(string? current)
    {
        string text = string.IsNullOrWhiteSpace(current) ? "{\n}\n" : current;
        text = Add(text, "files.associations", '{', "\"reprogate.*.json\": \"jsonc\"", "reprogate.*.json");
        foreach (string file in Enumerable.Reverse(Files))
        {
            text = Add(text, "json.schemas", '[', $"{{ \"fileMatch\": [\"/reprogate.{file}.json\"], \"url\": \"./obj/reprogate/reprogate.{file}.schema.json\" }}", $"reprogate.{file}.schema.json");
        }

        return text;
    }

    /// <summary>Puts an entry first into an object or list of the file, which is made where it is missing.</summary>
    private static string Add(string text, string member, char open, string entry, string mark)
    {
        if (text.Contains(mark, StringComparison.Ordinal))
        {
            return text;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        (int root, bool isEmpty, int inside, bool hasEntries) = Places(bytes, member, open);
        string lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        (int at, string put) = inside >= 0
            ? (inside, $"{lineEnd}    {entry}{(hasEntries ? "," : lineEnd + "  ")}")
            : (root, $"{lineEnd}  \"{member}\": {open}{lineEnd}    {entry}{lineEnd}  {(open == '{' ? '}' : ']')}{(isEmpty ? "" : ",")}");
        return Encoding.UTF8.GetString(bytes[..at]) + put + Encoding.UTF8.GetString(bytes[at..]);
    }

    private static (int Root, bool IsEmpty, int Inside, bool HasEntries) Places(byte[] bytes, string member, char open)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ToolException(".vscode/settings.json is no object.");
            }

            int root = (int)reader.BytesConsumed;
            bool isEmpty = true;
            int inside = -1;
            bool hasEntries = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                bool isOurs = reader.ValueTextEquals(member);
                reader.Read();
                if (isOurs && reader.TokenType == (open == '{' ? JsonTokenType.StartObject : JsonTokenType.StartArray))
                {
                    inside = (int)reader.BytesConsumed;
                    Utf8JsonReader entries = reader;
                    hasEntries = entries.Read() && entries.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray);
                }
                else if (isOurs)
                {
                    throw new ToolException($"\"{member}\" in .vscode/settings.json is of another kind than VS Code reads.");
                }

                reader.Skip();
            }

            while (reader.Read())
            {
                // What follows the object must be read, too, or a broken file would be written to.
            }

            return (root, isEmpty, inside, hasEntries);
        }
        catch (JsonException exception)
        {
            throw new ToolException($".vscode/settings.json is no JSON (line {exception.LineNumber + 1}).");
        }
    }
}

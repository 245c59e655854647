using System.Text.Json;
using System.Text.Json.Nodes;
using ReproGate.Gates.Machine;

namespace ReproGate.Cli.Adoption;

/// <summary>The pin of the .NET SDK in <c>global.json</c>.</summary>
internal static class GlobalJsonPin
{
    private static readonly string[] Loose = ["latestFeature", "latestMinor", "latestMajor", "feature", "minor", "major"];
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// The file with a pin to a patch band. A version of the band that runs here stays; where it had rolled forward to another band, the SDK that
    /// has built this repository is the one to pin. A text that pins already keeps every character.
    /// </summary>
    /// <param name="current">The file's text; null where there is none.</param>
    /// <param name="version">The SDK that runs here.</param>
    /// <exception cref="ToolException">The file is no JSON object.</exception>
    public static string Propose(string? current, string version)
    {
        if (current is null)
        {
            return $$"""
                {
                  "sdk": {
                    "version": "{{version}}",
                    "rollForward": "latestPatch"
                  }
                }

                """.ReplaceLineEndings("\n");
        }

        JsonObject root;
        try
        {
            root = JsonNode.Parse(current, documentOptions: Lenient) as JsonObject ?? throw new ToolException("global.json is no JSON object.");
        }
        catch (JsonException exception)
        {
            throw new ToolException("global.json is no JSON: " + exception.Message);
        }

        JsonObject? sdk = root["sdk"] as JsonObject;
        string? pinned = sdk?["version"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        string? roll = sdk?["rollForward"] is JsonValue forward && forward.TryGetValue(out string? word) ? word : null;
        if (pinned is not null && (roll is null || !Loose.Contains(roll, StringComparer.OrdinalIgnoreCase)))
        {
            return current;
        }

        if (sdk is null)
        {
            root["sdk"] = sdk = [];
        }

        sdk["version"] = pinned is not null && SdkVersionLoose.AreOfOneBand(pinned, version) ? pinned : version;
        sdk["rollForward"] = "latestPatch";
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }
}

using System.Text;
using System.Text.Json;
using ReproGate.Facts;

namespace ReproGate.Repository;

/// <summary>Reads global.json: the pin of the .NET SDK and the versions of MSBuild SDKs.</summary>
public static class GlobalJsonReader
{
    private const long MaxBytes = 4 * 1024 * 1024;
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>Reads <c>msbuild-sdks</c>.</summary>
    /// <param name="path">Absolute path of global.json; one that does not exist declares nothing.</param>
    public static JsonVersions ReadSdks(string path) => JsonVersions.Read(path, "msbuild-sdks", member: null);

    /// <summary>Reads <c>sdk</c>.</summary>
    /// <param name="path">Absolute path of global.json.</param>
    public static SdkPolicy ReadPolicy(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists ? new SdkPolicy(path, Exists: false)
                : file.Length > MaxBytes ? new SdkPolicy(path, Exists: true) { Fault = "The file is larger than 4 MB." }
                : ParsePolicy(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SdkPolicy(path, Exists: true) { Fault = exception.Message };
        }
    }

    /// <summary>Reads the same from bytes.</summary>
    public static SdkPolicy ParsePolicy(ReadOnlySpan<byte> bytes, string path)
    {
        ReadOnlySpan<byte> json = bytes[(bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0)..];
        var policy = new SdkPolicy(path, Exists: true);
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return policy with { Fault = "A JSON object was expected.", FaultLocation = new SourceLocation(path, 1, 1) };
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // The SDK's host compares names letter by letter.
                bool sdk = reader.ValueTextEquals("sdk"u8);
                reader.Read();
                if (sdk && reader.TokenType == JsonTokenType.StartObject)
                {
                    policy = ReadSdk(ref reader, json, policy);
                }
                else
                {
                    reader.Skip();
                }
            }

            while (reader.Read())
            {
                // The rest must be JSON too.
            }

            return policy;
        }
        catch (JsonException exception)
        {
            return new SdkPolicy(path, Exists: true)
            {
                Fault = "The file is no valid JSON.",
                FaultLocation = JsonPlace.Of(exception, path),
            };
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for a string whose bytes are no UTF-8 or whose escape is half a surrogate pair.
            return new SdkPolicy(path, Exists: true) { Fault = "A string of the file is no valid text.", FaultLocation = new SourceLocation(path, 1, 1) };
        }
    }

    private static SdkPolicy ReadSdk(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, SdkPolicy policy)
    {
        policy = policy with { Sdk = JsonPlace.Of(json, (int)reader.TokenStartIndex, policy.Path) };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool version = reader.ValueTextEquals("version"u8);
            bool roll = reader.ValueTextEquals("rollForward"u8);
            reader.Read();
            if ((version || roll) && reader.TokenType == JsonTokenType.String)
            {
                var text = new JsonText(reader.GetString()!, JsonPlace.OfString(ref reader, json, policy.Path));
                policy = version ? policy with { Version = text } : policy with { RollForward = text };
            }
            else
            {
                reader.Skip();
            }
        }

        return policy;
    }
}

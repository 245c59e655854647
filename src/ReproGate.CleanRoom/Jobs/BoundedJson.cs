using System.Text.Json;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>Reads JSON that others wrote, on machines we do not know: bounded in size and depth, and every fault is one kind of error with a text.</summary>
internal static class BoundedJson
{
    /// <summary>How many bytes a file may have.</summary>
    public const long MostBytes = 64L << 20;

    private const int Deepest = 32;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, is too long, or is no JSON object.</exception>
    public static byte[] ReadFile(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > MostBytes)
            {
                throw new InvalidDataException($"it has {stream.Length} bytes, more than the {MostBytes} that are read");
            }

            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(exception.Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>Parses an object of a known version and hands it on.</summary>
    /// <param name="json">The text, UTF-8.</param>
    /// <param name="version">The version that is understood.</param>
    /// <param name="read">Takes what it needs out of it.</param>
    /// <exception cref="InvalidDataException">It is not whole, of another version, or lacks something.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, int version, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException("it holds no JSON object");
            }

            int stated = root.TryGetProperty("version", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value) ? value : 0;
            return stated == version ? read(root) : throw new InvalidDataException(stated == 0 ? "it names no version of its format" : $"its format has version {stated}, and this tool reads version {version}");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"it is not whole, or no JSON: {exception.Message.TrimEnd('.')}", exception);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"it lacks something, or holds another kind of value than it should: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>A text that may be missing.</summary>
    public static string Text(this JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
}

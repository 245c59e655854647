using System.Text;
using System.Text.Json;

namespace ReproGate.NuGet.Packages;

/// <summary>
/// The versions and content hashes of a packages.lock.json, and nothing else of it, in one pass over its tokens: what the
/// look at the bytes needs. Whether the file is well-formed and up to date is judged before restore (RGATE1003, RGATE1004).
/// </summary>
public sealed class LockedPackages
{
    private readonly Dictionary<string, (string Hash, int Line)> _hashes = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Id, string Version)> _versions = [];

    private LockedPackages()
    {
    }

    /// <summary>The locked versions by package id, over all target frameworks.</summary>
    public ILookup<string, string> Versions => _versions.Distinct().ToLookup(static package => package.Id, static package => package.Version, StringComparer.OrdinalIgnoreCase);

    /// <summary>The locked content hash of <c>id/version</c>; null where the file has none.</summary>
    public string? HashOf(string name) => _hashes.TryGetValue(name, out (string Hash, int Line) entry) ? entry.Hash : null;

    /// <summary>The one-based line of that hash; 0 where the file has none.</summary>
    public int LineOf(string name) => _hashes.TryGetValue(name, out (string Hash, int Line) entry) ? entry.Line : 0;

    /// <summary>Reads the file; null where it does not exist or is not a well-formed lock file.</summary>
    /// <exception cref="IOException">It exists and cannot be read.</exception>
    public static LockedPackages? Read(string path) => File.Exists(path) ? Parse(File.ReadAllBytes(path)) : null;

    /// <summary>Reads the file's content; null where it is not a well-formed lock file.</summary>
    public static LockedPackages? Parse(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        if (!System.Text.Unicode.Utf8.IsValid(content))
        {
            return null;
        }

        var result = new LockedPackages();
        var lines = new LineCounter();
        try
        {
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = 16 });
            string framework = "", id = "", version = "", hash = "";
            int line = 0;
            bool dependencies = false;
            while (reader.Read())
            {
                // Depth of a property's name: 1 top level, 2 framework, 3 package, 4 the package's own fields.
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = Encoding.UTF8.GetString(reader.ValueSpan);
                    switch (reader.CurrentDepth)
                    {
                        case 1:
                            dependencies = name == "dependencies";
                            break;
                        case 2 when dependencies:
                            framework = name;
                            break;
                        case 3 when dependencies:
                            (id, version, hash) = (name, "", "");
                            break;
                        case 4 when dependencies && name is "resolved" or "contentHash":
                            int at = lines.Of(content, (int)reader.TokenStartIndex);
                            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                            {
                                return null;
                            }

                            string value = Encoding.UTF8.GetString(reader.ValueSpan);
                            if (name == "resolved")
                            {
                                version = value;
                            }
                            else
                            {
                                (hash, line) = (reader.ValueIsEscaped ? Unescape(ref reader) : value, at);
                            }

                            break;
                    }
                }
                else if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 3 && dependencies && framework.Length > 0 && version.Length > 0)
                {
                    result._versions.Add((id, version));
                    if (hash.Length > 0)
                    {
                        result._hashes.TryAdd($"{id}/{version}", (hash, line));
                    }

                    (version, hash) = ("", "");
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return result;
    }

    private static string Unescape(ref Utf8JsonReader reader)
    {
        byte[] buffer = new byte[reader.ValueSpan.Length];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, reader.CopyString(buffer));
        }
        catch (InvalidOperationException exception)
        {
            // An escape that is half a surrogate pair.
            throw new JsonException(exception.Message, exception);
        }
    }

    private struct LineCounter
    {
        private int _offset;
        private int _line;

        public int Of(ReadOnlySpan<byte> content, int offset)
        {
            _line += content[_offset..offset].Count((byte)'\n');
            _offset = offset;
            return _line + 1;
        }
    }
}

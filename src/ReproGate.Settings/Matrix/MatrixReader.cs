using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Matrix;

/// <summary>Reads <c>reprogate.env.json</c>. See docs/file-formats/reprogate.env.md.</summary>
public static class MatrixReader
{
    private const int MaxBytes = 4 << 20;
    private const int MaxRows = 50_000;
    private const string Members = "\"type\", \"secret\", \"public\", \"phase\", \"optional\", \"anyOf\", \"why\", \"apps\", \"readBy\" or an environment's name";

    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 };

    /// <summary>Reads the file.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed or does not exist.</param>
    /// <returns>The matrix; null where there is none or it is malformed.</returns>
    public static EnvironmentMatrix? Read(string path, out MalformedFile? malformed)
    {
        malformed = null;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return null;
            }

            if (file.Length > MaxBytes)
            {
                malformed = new MalformedFile(new SourceLocation(path), "it is larger than 4 MB, expected a line for each key");
                return null;
            }

            return Parse(path, File.ReadAllBytes(path), out malformed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            malformed = new MalformedFile(new SourceLocation(path), $"it cannot be read ({exception.Message})");
            return null;
        }
    }

    /// <summary>Reads the file's content.</summary>
    /// <param name="path">The file's absolute path.</param>
    /// <param name="content">UTF-8, with or without byte order mark.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    /// <returns>The matrix; null where it is malformed.</returns>
    public static EnvironmentMatrix? Parse(string path, ReadOnlySpan<byte> content, out MalformedFile? malformed) => Parse(path, content, out malformed, new MatrixLayout());

    /// <summary>Reads the file's content, and where in it things can be added.</summary>
    internal static EnvironmentMatrix? Parse(string path, ReadOnlySpan<byte> content, out MalformedFile? malformed, MatrixLayout layout)
    {
        malformed = null;
        layout.Skipped = content.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        if (!Utf8.IsValid(content))
        {
            malformed = new MalformedFile(new SourceLocation(path), "it is not UTF-8 text");
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(content, Options);
            return new Reading(path, content, layout).ReadFile(ref reader);
        }
        catch (Expected expected)
        {
            malformed = new MalformedFile(Place(content, expected.Offset, path), expected.Message);
        }
        catch (JsonException exception)
        {
            malformed = new MalformedFile(new SourceLocation(path, (int)(exception.LineNumber ?? 0) + 1, (int)Math.Min(exception.BytePositionInLine ?? 0, int.MaxValue - 1) + 1), "it is no JSON");
        }
        catch (InvalidOperationException)
        {
            malformed = new MalformedFile(new SourceLocation(path, 1, 1), "a text in it holds half a surrogate pair");
        }

        return null;
    }

    private static SourceLocation Place(ReadOnlySpan<byte> content, int offset, string path)
    {
        ReadOnlySpan<byte> before = content[..Math.Clamp(offset, 0, content.Length)];
        return new SourceLocation(path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }

    private sealed class Expected(int offset, string message) : JsonException(message)
    {
        public int Offset => offset;
    }

    /// <summary>One reading of one file. Places are asked in the order of the file, so the lines before are counted once.</summary>
    private readonly ref struct Reading(string path, ReadOnlySpan<byte> content, MatrixLayout layout)
    {
        private readonly string _path = path;
        private readonly ReadOnlySpan<byte> _content = content;
        private readonly MatrixLayout _layout = layout;
        private readonly Cursor _cursor = new();

        public EnvironmentMatrix ReadFile(ref Utf8JsonReader reader)
        {
            Next(ref reader, JsonTokenType.StartObject, "an object with \"environments\", \"apps\" and \"keys\"");
            var environments = ImmutableArray.CreateBuilder<MatrixEnvironment>();
            var apps = ImmutableArray.CreateBuilder<MatrixApp>();
            var keys = ImmutableArray.CreateBuilder<MatrixKey>();
            MatrixEnd? end = null;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int at = (int)reader.TokenStartIndex;
                string member = reader.GetString()!;
                if (!seen.Add(member))
                {
                    throw new Expected(at, $"'{Shown(member)}' stands here twice");
                }

                switch (member)
                {
                    case "$schema":
                        reader.Read();
                        reader.Skip();
                        break;
                    case "environments":
                        ReadEnvironments(ref reader, environments);
                        break;
                    case "apps":
                        if (!seen.Contains("environments"))
                        {
                            throw new Expected(at, "expected \"environments\" before \"apps\"");
                        }

                        ReadApps(ref reader, environments, apps);
                        break;
                    case "keys":
                        if (!seen.Contains("apps"))
                        {
                            throw new Expected(at, "expected \"environments\" and \"apps\" before \"keys\"");
                        }

                        end = ReadKeys(ref reader, environments, apps, keys);
                        break;
                    default:
                        throw new Expected(at, $"expected \"environments\", \"apps\", \"keys\" or \"$schema\" here, not '{Shown(member)}'");
                }
            }

            while (reader.Read())
            {
                // Nothing but comments may follow; anything else is no JSON and throws.
            }

            string? missing = new[] { "environments", "apps", "keys" }.FirstOrDefault(member => !seen.Contains(member));
            return missing is not null
                ? throw new Expected(0, $"expected \"{missing}\": {{ … }}")
                : new EnvironmentMatrix { File = _path, Environments = environments.ToImmutable(), Apps = apps.ToImmutable(), Keys = keys.ToImmutable(), End = end };
        }

        private void ReadEnvironments(ref Utf8JsonReader reader, ImmutableArray<MatrixEnvironment>.Builder environments)
        {
            Next(ref reader, JsonTokenType.StartObject, "an object of environments: { \"prod\": \"Production\" }");
            int last = (int)reader.BytesConsumed;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int at = (int)reader.TokenStartIndex;
                SourceLocation location = Place(at);
                string name = reader.GetString()!;
                if (!IsName(name) || name is "type" or "secret" or "public" or "phase" or "optional" or "anyOf" or "why" or "apps" or "readBy")
                {
                    throw new Expected(at, "expected an environment's name of letters, digits, '-', '_' and '.', that is no member of a key's row");
                }

                if (environments.Any(environment => environment.Name == name))
                {
                    throw new Expected(at, $"the environment '{name}' stands here twice");
                }

                reader.Read();
                string dotNetName = "";
                NetworkKind network = NetworkKind.Host;
                if (reader.TokenType == JsonTokenType.String)
                {
                    dotNetName = Text(ref reader, "the environment's .NET name");
                }
                else if (reader.TokenType == JsonTokenType.StartObject)
                {
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        int memberAt = (int)reader.TokenStartIndex;
                        string member = reader.GetString()!;
                        reader.Read();
                        if (member == "name")
                        {
                            dotNetName = Text(ref reader, "the environment's .NET name");
                        }
                        else if (member == "network")
                        {
                            network = MatrixWords.Network(Text(ref reader, "a network")) ?? throw new Expected((int)reader.TokenStartIndex, "expected \"host\", \"compose\" or \"k8s\"");
                        }
                        else
                        {
                            throw new Expected(memberAt, $"expected \"name\" or \"network\", not '{Shown(member)}'");
                        }
                    }
                }
                else
                {
                    throw new Expected((int)reader.TokenStartIndex, "expected the environment's .NET name, or { \"name\": \"Production\", \"network\": \"compose\" }");
                }

                if (dotNetName.Length == 0)
                {
                    throw new Expected(at, $"the environment '{name}' has no \"name\", the value of DOTNET_ENVIRONMENT there");
                }

                environments.Add(new MatrixEnvironment(name, dotNetName, network, location));
                last = (int)reader.BytesConsumed;
            }

            _layout.Environments = End(last, environments.Count);
        }

        private void ReadApps(ref Utf8JsonReader reader, ImmutableArray<MatrixEnvironment>.Builder environments, ImmutableArray<MatrixApp>.Builder apps)
        {
            Next(ref reader, JsonTokenType.StartObject, "an object of apps: { \"api\": \"src/Api/Api.csproj\" }");
            int last = (int)reader.BytesConsumed;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int at = (int)reader.TokenStartIndex;
                SourceLocation location = Place(at);
                string name = reader.GetString()!;
                if (!IsName(name) || apps.Any(app => app.Name == name))
                {
                    throw new Expected(at, "expected an app's name of letters, digits, '-', '_' and '.', each once");
                }

                reader.Read();
                string project = "";
                var sources = ImmutableDictionary.CreateBuilder<string, ImmutableArray<MatrixSource>>(StringComparer.Ordinal);
                if (reader.TokenType == JsonTokenType.String)
                {
                    project = Text(ref reader, "a project file");
                }
                else if (reader.TokenType == JsonTokenType.StartObject)
                {
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        int memberAt = (int)reader.TokenStartIndex;
                        string member = reader.GetString()!;
                        if (member == "project")
                        {
                            reader.Read();
                            project = Text(ref reader, "a project file");
                        }
                        else if (member == "sources")
                        {
                            ReadSources(ref reader, environments, sources);
                        }
                        else
                        {
                            throw new Expected(memberAt, $"expected \"project\" or \"sources\", not '{Shown(member)}'");
                        }
                    }
                }
                else
                {
                    throw new Expected((int)reader.TokenStartIndex, "expected a project file, or { \"project\": \"src/Api/Api.csproj\", \"sources\": { … } }");
                }

                project = project.Replace('\\', '/');
                if (project.Length == 0 || project.StartsWith('/') || project.Contains(':', StringComparison.Ordinal) || project.Split('/').Contains(".."))
                {
                    throw new Expected(at, $"the app '{name}' has no \"project\" file inside the repository");
                }

                last = (int)reader.BytesConsumed;
                apps.Add(new MatrixApp(name, project, location) { Sources = sources.ToImmutable(), Inferred = IsInferred(last) });
            }

            _layout.Apps = End(last, apps.Count);
        }

        private void ReadSources(ref Utf8JsonReader reader, ImmutableArray<MatrixEnvironment>.Builder environments, ImmutableDictionary<string, ImmutableArray<MatrixSource>>.Builder sources)
        {
            Next(ref reader, JsonTokenType.StartObject, "sources for each environment: { \"prod\": [\"compose:compose.yaml#api\"] }");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int at = (int)reader.TokenStartIndex;
                string environment = reader.GetString()!;
                if (!environments.Any(known => known.Name == environment))
                {
                    throw new Expected(at, $"expected one of the environments {Names(environments)}, not '{Shown(environment)}'");
                }

                if (sources.ContainsKey(environment))
                {
                    throw new Expected(at, $"the environment '{environment}' stands here twice");
                }

                var list = ImmutableArray.CreateBuilder<MatrixSource>();
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    list.Add(Source(ref reader));
                }
                else if (reader.TokenType == JsonTokenType.StartArray)
                {
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        list.Add(Source(ref reader));
                    }
                }
                else
                {
                    throw new Expected((int)reader.TokenStartIndex, "expected a list of sources: [\"compose:compose.yaml#api\"]");
                }

                sources.Add(environment, list.ToImmutable());
            }
        }

        private MatrixSource Source(ref Utf8JsonReader reader)
        {
            SourceLocation location = Place((int)reader.TokenStartIndex);
            return MatrixWords.Source(Text(ref reader, "a source"), location, out string problem) ?? throw new Expected((int)reader.TokenStartIndex, problem);
        }

        private MatrixEnd ReadKeys(ref Utf8JsonReader reader, ImmutableArray<MatrixEnvironment>.Builder environments, ImmutableArray<MatrixApp>.Builder apps, ImmutableArray<MatrixKey>.Builder keys)
        {
            Next(ref reader, JsonTokenType.StartObject, "an object of keys: { \"Orders:Url\": \"url\" }");
            int last = (int)reader.BytesConsumed;
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int at = (int)reader.TokenStartIndex;
                SourceLocation location = Place(at);
                string name = reader.GetString()!;
                Check(name, at);
                if (keys.Count == MaxRows)
                {
                    throw new Expected(at, $"it has more than {MaxRows} keys");
                }

                reader.Read();
                MatrixKey key = ReadRow(ref reader, new MatrixKey(name, location), environments, apps);
                last = (int)reader.BytesConsumed;
                if (key.Apps.IsEmpty ? !seen.Add(name) : !key.Apps.All(app => seen.Add($"{name}\0{app}")))
                {
                    throw new Expected(at, $"the key '{Shown(name)}' stands here twice");
                }

                keys.Add(key with { Inferred = IsInferred(last), LastOwnLine = LastOwnLine(at, last) });
                _layout.Rows.Add((at, last));
            }

            _layout.Keys = End(last, keys.Count);
            return new MatrixEnd(Place(_layout.Keys.Offset), _layout.Keys.NeedsComma);
        }

        private static void Check(string key, int at)
        {
            string[] segments = key.Split(':');
            if (key.Length == 0 || key.Length > 500 || segments.Any(static segment => segment.Trim().Length == 0 || segment.Any(char.IsControl)))
            {
                throw new Expected(at, "expected a key: segments joined by ':', none of them empty");
            }

            if (segments.Take(segments.Length - 1).Contains("**"))
            {
                throw new Expected(at, "'**' stands only at the end of a pattern");
            }

            if (key.Contains("__", StringComparison.Ordinal) && segments.Length == 1 && !key.StartsWith('_'))
            {
                throw new Expected(at, $"expected the key as the configuration system has it, '{Shown(key.Replace("__", ":", StringComparison.Ordinal))}'");
            }
        }

        private MatrixKey ReadRow(ref Utf8JsonReader reader, MatrixKey key, ImmutableArray<MatrixEnvironment>.Builder environments, ImmutableArray<MatrixApp>.Builder apps)
        {
            int at = (int)reader.TokenStartIndex;
            bool optional;
            var cells = ImmutableDictionary.CreateBuilder<string, MatrixCell>(StringComparer.Ordinal);
            if (reader.TokenType == JsonTokenType.String)
            {
                // What is not understood may be a value, perhaps a secret: it is never repeated.
                key = MatrixWords.Short(Text(ref reader, "a row"), key, out optional) ?? throw new Expected(at, $"expected a type ({MatrixText.Types}), with '?' where it is optional, and 'secret', 'public' or 'build' before it; a value never stands here");
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                optional = false;
                var members = new HashSet<string>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    int memberAt = (int)reader.TokenStartIndex;
                    string member = reader.GetString()!;
                    if (!members.Add(member))
                    {
                        throw new Expected(memberAt, $"'{Shown(member)}' stands here twice");
                    }

                    reader.Read();
                    key = ReadMember(ref reader, key, member, memberAt, environments, apps, cells, ref optional);
                }
            }
            else
            {
                throw new Expected(at, "expected a row: \"url\", or { \"type\": \"url\", … }; a value never stands here");
            }

            if (optional)
            {
                foreach (MatrixEnvironment environment in environments.Where(environment => !cells.ContainsKey(environment.Name)))
                {
                    cells.Add(environment.Name, new MatrixCell(Presence.Optional, "any", key.Location));
                }
            }

            return key with { Cells = cells.ToImmutable() };
        }

        private MatrixKey ReadMember(
            ref Utf8JsonReader reader,
            MatrixKey key,
            string member,
            int memberAt,
            ImmutableArray<MatrixEnvironment>.Builder environments,
            ImmutableArray<MatrixApp>.Builder apps,
            ImmutableDictionary<string, MatrixCell>.Builder cells,
            ref bool optional)
        {
            int at = (int)reader.TokenStartIndex;
            bool mayMiss = false;
            switch (member)
            {
                case "type":
                    // As in the short form; what is not understood may be a value and is never repeated.
                    MatrixKey typed = (reader.TokenType == JsonTokenType.String ? MatrixWords.Short(reader.GetString()!, key, out mayMiss) : null)
                        ?? throw new Expected(at, $"expected a type: {MatrixText.Types}");
                    optional |= mayMiss;
                    return typed;
                case "secret":
                    return key with { Secret = Flag(ref reader) };
                case "public":
                    return key with { Public = Flag(ref reader) };
                case "optional":
                    optional |= Flag(ref reader);
                    return key;
                case "phase":
                    return Text(ref reader, "a phase") switch { "build" => key with { BuildPhase = true }, "run" => key, _ => throw new Expected(at, "expected \"build\" or \"run\"") };
                case "anyOf":
                    return key with { AnyOf = Text(ref reader, "the name of a group") };
                case "why":
                    return key with { Why = Text(ref reader, "a text") };
                case "readBy":
                    return key with { ReadBy = Text(ref reader, "a member, type or namespace") };
                case "apps":
                    return key with { Apps = Apps(ref reader, apps) };
                default:
                    if (!environments.Any(environment => environment.Name == member))
                    {
                        throw new Expected(memberAt, $"expected {Members} ({Names(environments)}), not '{Shown(member)}'");
                    }

                    SourceLocation location = Place(at);
                    cells.Add(
                        member,
                        reader.TokenType == JsonTokenType.String && MatrixWords.Cell(reader.GetString()!, location) is { } cell
                            ? cell
                            : throw new Expected(at, $"expected where '{member}' has the key from: \"any\", \"?\" (optional), \"-\" (forbidden), \"external:name\", or a source such as \"appsettings\" or \"compose\"; a value never stands here"));
                    return key;
            }
        }

        private static ImmutableArray<string> Apps(ref Utf8JsonReader reader, ImmutableArray<MatrixApp>.Builder apps)
        {
            var names = ImmutableArray.CreateBuilder<string>();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    names.Add(App(ref reader, apps));
                }
            }
            else
            {
                names.Add(App(ref reader, apps));
            }

            return names.Distinct(StringComparer.Ordinal).ToImmutableArray();
        }

        private static string App(ref Utf8JsonReader reader, ImmutableArray<MatrixApp>.Builder apps)
        {
            string name = Text(ref reader, "an app's name");
            return apps.Any(app => app.Name == name) ? name : throw new Expected((int)reader.TokenStartIndex, $"expected one of the apps {string.Join(", ", apps.Select(static app => app.Name))}");
        }

        private static bool Flag(ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw new Expected((int)reader.TokenStartIndex, "expected true or false"),
        };

        private static string Text(ref Utf8JsonReader reader, string what)
        {
            int at = (int)reader.TokenStartIndex;
            string text = reader.TokenType == JsonTokenType.String ? reader.GetString()!.Trim() : throw new Expected(at, $"expected {what}");
            return text.Length > 0 ? text : throw new Expected(at, $"expected {what}, not an empty text");
        }

        private static void Next(ref Utf8JsonReader reader, JsonTokenType type, string what)
        {
            reader.Read();
            if (reader.TokenType != type)
            {
                throw new Expected((int)reader.TokenStartIndex, $"expected {what}");
            }
        }

        /// <summary>Whether the rest of the line says <c>// inferred</c>.</summary>
        private bool IsInferred(int end)
        {
            ReadOnlySpan<byte> rest = _content[end..];
            int newLine = rest.IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString(newLine < 0 ? rest : rest[..newLine]).Trim();
            return line.TrimStart(',').TrimStart().StartsWith("// inferred", StringComparison.OrdinalIgnoreCase);
        }

        /// <summary>The last line of what stands between two offsets, where its lines hold nothing else but a comma and the mark of an inferred row; 0 where they do.</summary>
        private int LastOwnLine(int start, int end)
        {
            ReadOnlySpan<byte> before = _content[..start];
            ReadOnlySpan<byte> rest = _content[end..];
            int newLine = rest.IndexOf((byte)'\n');
            return newLine >= 0
                && before[(before.LastIndexOf((byte)'\n') + 1)..].IndexOfAnyExcept(" \t"u8) < 0
                && (IsInferred(end) || Encoding.UTF8.GetString(rest[..newLine]).Trim() is "" or ",")
                ? Place(end).Line
                : 0;
        }

        /// <summary>The offset behind the comma that follows, over space and comments; the same offset where none does.</summary>
        private int AfterComma(int end)
        {
            for (int i = end; i < _content.Length; i++)
            {
                if (_content[i] == ',')
                {
                    return i + 1;
                }

                if (_content[i..].StartsWith("//"u8))
                {
                    int newLine = _content[i..].IndexOf((byte)'\n');
                    i = newLine < 0 ? _content.Length : i + newLine;
                }
                else if (_content[i..].StartsWith("/*"u8))
                {
                    int close = _content[i..].IndexOf("*/"u8);
                    i = close < 0 ? _content.Length : i + close + 1;
                }
                else if (!char.IsWhiteSpace((char)_content[i]))
                {
                    return end;
                }
            }

            return end;
        }

        private MatrixGap End(int last, int count)
        {
            int comma = AfterComma(last);
            return new MatrixGap(comma, count > 0 && comma == last);
        }

        private SourceLocation Place(int offset) => _cursor.Place(_content, offset, _path);

        private static bool IsName(string name) => name.Length is > 0 and <= 100 && name.All(static letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.');

        private static string Names(IEnumerable<MatrixEnvironment> environments) => string.Join(", ", environments.Select(static environment => environment.Name));

        private static string Shown(string text) => new([.. text.Take(60).Select(static letter => char.IsControl(letter) ? '?' : letter)]);
    }

    private sealed class Cursor
    {
        private int _offset;
        private int _line = 1;

        public SourceLocation Place(ReadOnlySpan<byte> content, int offset, string path)
        {
            if (offset < _offset)
            {
                (_offset, _line) = (0, 1);
            }

            _line += content[_offset..offset].Count((byte)'\n');
            _offset = offset;
            ReadOnlySpan<byte> line = content[(content[..offset].LastIndexOf((byte)'\n') + 1)..offset];
            return new SourceLocation(path, _line, Encoding.UTF8.GetCharCount(line) + 1);
        }
    }
}

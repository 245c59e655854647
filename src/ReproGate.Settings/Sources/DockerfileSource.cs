using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Sources;

/// <summary>
/// Reads a Dockerfile: the variables, ports, working directory and arguments of the stage that ships, with what its base stages and the .NET base
/// images give it; and every <c>ARG</c>.
/// </summary>
internal static partial class DockerfileSource
{
    private const int MaxInstructions = 5000;

    /// <summary>Reads a file.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">Absolute path.</param>
    /// <param name="target">The stage; empty for the last.</param>
    /// <param name="buildArguments">Values of <c>ARG</c>; null for one that is not known.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where it is named.</param>
    /// <returns>Null where it cannot be read.</returns>
    public static RuntimeSource? Read(SettingsFiles files, string path, string target, IReadOnlyDictionary<string, string?> buildArguments, FaultList faults, SourceLocation askedBy) =>
        files.Text(path, faults, askedBy) is { } text ? Parse(text, path, files.Relative(path), target, buildArguments, faults) : null;

    /// <summary>Reads a text.</summary>
    public static RuntimeSource Parse(string text, string path, string name, string target, IReadOnlyDictionary<string, string?> buildArguments, FaultList faults)
    {
        var reader = new Reader(path, name, buildArguments, faults);
        foreach (Instruction instruction in Instructions(text, path, faults))
        {
            reader.Take(instruction);
        }

        return reader.Result(target);
    }

    private static IEnumerable<Instruction> Instructions(string text, string path, FaultList faults)
    {
        string[] lines = text.Split('\n');
        char escape = '\\';
        int count = 0;
        bool directives = true;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            string trimmed = line.Trim();
            if (directives && EscapeDirective().Match(trimmed) is { Success: true } directive)
            {
                escape = directive.Groups[1].Value[0];
                continue;
            }

            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                directives &= trimmed.Length > 0 && trimmed.Contains('=', StringComparison.Ordinal);
                continue;
            }

            directives = false;
            if (++count > MaxInstructions)
            {
                faults.NotRead(new SourceLocation(path, i + 1, 1), $"it has more than {MaxInstructions} instructions; the rest is not read");
                yield break;
            }

            int start = i;
            var joined = new StringBuilder();
            // Offsets in the joined text at which a line begins, so that each word has its place.
            var starts = new List<(int Offset, int Line, int Column)> { (0, i + 1, line.Length - line.TrimStart().Length + 1) };
            string current = line.TrimStart();
            while (true)
            {
                string end = current.TrimEnd();
                if (end.Length == 0 || end[^1] != escape)
                {
                    joined.Append(end);
                    break;
                }

                joined.Append(end.AsSpan(0, end.Length - 1));
                do
                {
                    i++;
                }
                while (i < lines.Length && (lines[i].AsSpan().Trim().Length == 0 || lines[i].AsSpan().TrimStart()[0] == '#'));
                if (i >= lines.Length)
                {
                    break;
                }

                starts.Add((joined.Length, i + 1, 1));
                current = lines[i].TrimEnd('\r');
            }

            string whole = joined.ToString();
            int space = whole.AsSpan().IndexOfAny(' ', '\t');
            string keyword = (space < 0 ? whole : whole[..space]).ToUpperInvariant();
            if (keyword is "RUN" or "COPY" or "ADD")
            {
                foreach (Match here in HereDocument().Matches(whole).Take(20))
                {
                    int last = i;
                    while (++i < lines.Length && lines[i].Trim() != here.Groups[1].Value)
                    {
                        // The document's lines are no instructions.
                    }

                    if (i >= lines.Length)
                    {
                        // "<<" of the shell, not of Docker.
                        i = last;
                    }
                }

                continue;
            }

            yield return new Instruction(keyword, whole, space < 0 ? whole.Length : space, starts, new SourceLocation(path, start + 1, starts[0].Column));
        }
    }

    [GeneratedRegex(@"^#\s*escape\s*=\s*([\\`])\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EscapeDirective();

    [GeneratedRegex(@"<<-?\s*[""']?([A-Za-z_][A-Za-z0-9_]*)[""']?", RegexOptions.CultureInvariant)]
    private static partial Regex HereDocument();

    private sealed record Instruction(string Keyword, string Text, int ArgumentStart, List<(int Offset, int Line, int Column)> Lines, SourceLocation Location)
    {
        public SourceLocation At(int offset)
        {
            (int start, int line, int column) = Lines.FindLast(entry => entry.Offset <= offset);
            return new SourceLocation(Location.File, line, column + offset - start);
        }
    }

    private sealed record Stage(string Name, string Image, SourceLocation Location)
    {
        public Stage? Base { get; init; }

        public List<ProvidedKey> Variables { get; } = [];

        public Dictionary<string, string?> Arguments { get; } = new(StringComparer.Ordinal);

        public List<DeclaredPort> Ports { get; } = [];

        public string WorkingDirectory { get; set; } = "";

        public ImmutableArray<ProvidedKey>? EntryPoint { get; set; }

        public ImmutableArray<ProvidedKey>? Command { get; set; }

        public IEnumerable<Stage> Chain()
        {
            var chain = new List<Stage>();
            for (Stage? stage = this; stage is not null && chain.Count < 100; stage = stage.Base)
            {
                chain.Add(stage);
            }

            chain.Reverse();
            return chain;
        }
    }

    private sealed class Reader(string path, string name, IReadOnlyDictionary<string, string?> buildArguments, FaultList faults)
    {
        private readonly List<Stage> _stages = [];
        private readonly Dictionary<string, string?> _global = new(StringComparer.Ordinal);
        private readonly List<ProvidedKey> _arguments = [];

        public void Take(Instruction instruction)
        {
            switch (instruction.Keyword)
            {
                case "FROM":
                    From(instruction);
                    break;
                case "ARG":
                    foreach (ProvidedKey argument in Pairs(instruction, Lookup))
                    {
                        string? value = buildArguments.TryGetValue(argument.Key, out string? given) ? given
                            : argument.Certain ? argument.Value
                            : _stages.Count > 0 && _global.TryGetValue(argument.Key, out string? global) ? global
                            : null;
                        (_stages.Count == 0 ? _global : _stages[^1].Arguments)[argument.Key] = value;
                        _arguments.Add(argument with { ValueIsKnown = argument.Certain && argument.ValueIsKnown });
                    }

                    break;
                case "ENV" when _stages.Count > 0:
                    // All of one instruction see the variables before it.
                    _stages[^1].Variables.AddRange(Pairs(instruction, Lookup));
                    break;
                case "EXPOSE" when _stages.Count > 0:
                    Expose(instruction);
                    break;
                case "WORKDIR" when _stages.Count > 0:
                    (string folder, _) = Expand(instruction.Text[instruction.ArgumentStart..].Trim().Trim('"'), Lookup);
                    string before = _stages[^1].Chain().Select(static stage => stage.WorkingDirectory).LastOrDefault(static directory => directory.Length > 0) ?? "/";
                    _stages[^1].WorkingDirectory = folder.StartsWith('/') ? folder : $"{before.TrimEnd('/')}/{folder}";
                    break;
                case "ENTRYPOINT" when _stages.Count > 0:
                    _stages[^1].EntryPoint = Words(instruction);
                    _stages[^1].Command = null;
                    break;
                case "CMD" when _stages.Count > 0:
                    _stages[^1].Command = Words(instruction);
                    break;
                case "ENV" or "EXPOSE" or "WORKDIR" or "ENTRYPOINT" or "CMD":
                    faults.Malformed(instruction.Location, $"{instruction.Keyword} before the first FROM");
                    break;
            }
        }

        public RuntimeSource Result(string target)
        {
            Stage? stage = target.Length == 0 ? _stages.LastOrDefault()
                : _stages.FindLast(candidate => candidate.Name.Equals(target, StringComparison.OrdinalIgnoreCase)) ?? (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < _stages.Count ? _stages[index] : null);
            if (stage is null)
            {
                faults.Malformed(new SourceLocation(path, 1, 1), target.Length == 0 ? "there is no FROM in it" : $"it has no stage '{FaultList.Shown(target)}'");
                return new RuntimeSource();
            }

            List<Stage> chain = [.. stage.Chain()];
            ImmutableArray<ProvidedKey> variables = [.. Last(chain.SelectMany(static part => part.Variables))];
            ImmutableArray<ProvidedKey> image = BaseImageVariables(chain[0]);
            ImmutableArray<ProvidedKey> entry = chain.Select(static part => part.EntryPoint).LastOrDefault(static words => words is not null) ?? [];
            ImmutableArray<ProvidedKey> command = chain.Select(static part => part.Command).LastOrDefault(static words => words is not null) ?? [];
            return new RuntimeSource
            {
                Groups =
                [
                    .. image.IsEmpty ? (VariableGroup[])[] : [new VariableGroup($"base image {FaultList.Shown(chain[0].Image)}", ProviderOrigin.BaseImage, path) { Variables = image }],
                    .. variables.IsEmpty ? (VariableGroup[])[] : [new VariableGroup($"{name} ENV", ProviderOrigin.DockerfileEnv, path) { Variables = variables }],
                ],
                Arguments = entry.IsEmpty && command.IsEmpty ? null : [.. entry, .. command],
                WorkingDirectory = chain.Select(static part => part.WorkingDirectory).LastOrDefault(static directory => directory.Length > 0) ?? "",
                Network = new NetworkFacts { Declared = [.. chain.SelectMany(static part => part.Ports)] },
                BuildArguments = _arguments.Count == 0 ? [] : [new VariableGroup($"{name} ARG", ProviderOrigin.DockerfileArg, path) { Variables = [.. _arguments] }],
            };
        }

        private void From(Instruction instruction)
        {
            string[] words = instruction.Text[instruction.ArgumentStart..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            words = [.. words.SkipWhile(static word => word.StartsWith("--", StringComparison.Ordinal))];
            if (words.Length == 0)
            {
                faults.Malformed(instruction.Location, "FROM without an image");
                return;
            }

            (string image, _) = Expand(words[0], variable => _global.TryGetValue(variable, out string? value) ? new VariableValue(value, null) : null);
            Stage? parent = _stages.FindLast(stage => stage.Name.Length > 0 && stage.Name.Equals(image, StringComparison.OrdinalIgnoreCase));
            string alias = words.Length >= 3 && words[1].Equals("as", StringComparison.OrdinalIgnoreCase) ? words[2] : "";
            _stages.Add(new Stage(alias, image, instruction.Location) { Base = parent });
        }

        private void Expose(Instruction instruction)
        {
            foreach ((string word, int offset) in Split(instruction.Text, instruction.ArgumentStart))
            {
                (string text, bool known) = Expand(word, Lookup);
                string[] parts = text.Split('/');
                string[] ends = parts[0].Split('-');
                if (int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first) && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                    && first is > 0 and <= 65535 && last is > 0 and <= 65535 && last >= first && last - first < 1000)
                {
                    for (int port = first; port <= last; port++)
                    {
                        _stages[^1].Ports.Add(new DeclaredPort(port, name, PortOrigin.Expose, instruction.At(offset)) { Protocol = parts.Length > 1 ? parts[1].ToLowerInvariant() : "tcp" });
                    }
                }
                else if (known)
                {
                    faults.Malformed(instruction.At(offset), "a port was expected after EXPOSE: 8080, 8080/udp or 8000-8010");
                }
            }
        }

        /// <summary>What Microsoft's .NET images set: the port, from .NET 8 on 8080 and before it 80.</summary>
        private static ImmutableArray<ProvidedKey> BaseImageVariables(Stage stage)
        {
            Match match = DotNetImage().Match(stage.Image);
            if (!match.Success)
            {
                return [];
            }

            int major = int.TryParse(match.Groups["major"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 10;
            ProvidedKey port = major >= 8 ? Key("ASPNETCORE_HTTP_PORTS", "8080") : Key("ASPNETCORE_URLS", "http://+:80");
            return [port, Key("DOTNET_RUNNING_IN_CONTAINER", "true")];

            ProvidedKey Key(string variable, string value) => new(variable, value, stage.Location) { WrittenAs = variable };
        }

        private ImmutableArray<ProvidedKey> Words(Instruction instruction)
        {
            string text = instruction.Text[instruction.ArgumentStart..].Trim();
            SourceLocation place = instruction.Location;
            if (text.StartsWith('[') && JsonTree.Parse(text, new NodeSource(path, ""), new FaultList()) is SequenceNode sequence)
            {
                return [.. sequence.Items.OfType<ScalarNode>().Select(item => new ProvidedKey("", item.Text, place))];
            }

            return [.. CommandLineSettings.Split(text).Select(word => new ProvidedKey("", word, place))];
        }

        private VariableValue? Lookup(string variable)
        {
            if (_stages.Count == 0)
            {
                return _global.TryGetValue(variable, out string? outer) ? new VariableValue(outer, null) : null;
            }

            foreach (Stage stage in _stages[^1].Chain().Reverse())
            {
                if (stage.Variables.FindLast(candidate => candidate.Key == variable) is { } set)
                {
                    return new VariableValue(set.ValueIsKnown ? set.Value : null, set.Location);
                }
            }

            return _stages[^1].Arguments.TryGetValue(variable, out string? argument) ? new VariableValue(argument, null) : null;
        }

        private static (string Text, bool Known) Expand(string text, Func<string, VariableValue?> lookup)
        {
            var interpolation = new Interpolation(lookup, dollarEscapes: false);
            // An escaped dollar stands for itself.
            string expanded = interpolation.Expand(text.Replace("\\$", "\u0001", StringComparison.Ordinal)).Replace('\u0001', '$');
            return (expanded, interpolation.Known);
        }

        /// <summary><c>A=b "C D"=e</c>, or the old <c>A b c</c>; for ARG a name alone, which is not <see cref="ProvidedKey.Certain"/>.</summary>
        private List<ProvidedKey> Pairs(Instruction instruction, Func<string, VariableValue?> lookup)
        {
            var pairs = new List<ProvidedKey>();
            List<(string Word, int Offset)> words = [.. Split(instruction.Text, instruction.ArgumentStart)];
            if (words.Count == 0)
            {
                faults.Malformed(instruction.Location, $"{instruction.Keyword} without a name");
                return pairs;
            }

            if (instruction.Keyword == "ENV" && !words[0].Word.Contains('=', StringComparison.Ordinal))
            {
                string first = words[0].Word;
                string rest = instruction.Text[Math.Min(words[0].Offset + first.Length, instruction.Text.Length)..].Trim();
                if (rest.Length == 0)
                {
                    faults.Malformed(instruction.Location, "ENV needs a value: ENV NAME=value");
                    return pairs;
                }

                words = [($"{first}={rest}", words[0].Offset)];
            }

            foreach ((string word, int offset) in words)
            {
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                string key = equals < 0 ? word : word[..equals];
                (string value, bool known) = equals < 0 ? ("", false) : Expand(word[(equals + 1)..], lookup);
                pairs.Add(new ProvidedKey(key, known ? value : null, instruction.At(offset)) { ValueIsKnown = known, Certain = equals >= 0, WrittenAs = key });
            }

            return pairs;
        }

        /// <summary>Words, quotes taken off, with their offsets; a word holds what follows a quote until the next blank.</summary>
        private static IEnumerable<(string Word, int Offset)> Split(string text, int start)
        {
            var word = new StringBuilder();
            int begin = -1;
            char quote = '\0';
            for (int i = start; i < text.Length; i++)
            {
                char letter = text[i];
                if (quote == '\0' && char.IsWhiteSpace(letter))
                {
                    if (begin >= 0)
                    {
                        yield return (word.ToString(), begin);
                        word.Clear();
                        begin = -1;
                    }

                    continue;
                }

                begin = begin < 0 ? i : begin;
                if (quote != '\0' && letter == quote)
                {
                    quote = '\0';
                }
                else if (quote == '\0' && letter is '"' or '\'' && quote == '\0')
                {
                    quote = letter;
                }
                else if (letter == '\\' && quote != '\'' && i + 1 < text.Length && text[i + 1] != '$')
                {
                    word.Append(text[++i]);
                }
                else
                {
                    // In single quotes nothing is put in.
                    word.Append(letter == '$' && quote == '\'' ? "\\$" : letter.ToString());
                }
            }

            if (begin >= 0)
            {
                yield return (word.ToString(), begin);
            }
        }

        private static IEnumerable<ProvidedKey> Last(IEnumerable<ProvidedKey> variables)
        {
            var kept = new Dictionary<string, ProvidedKey>(StringComparer.Ordinal);
            var order = new List<string>();
            foreach (ProvidedKey variable in variables)
            {
                if (!kept.ContainsKey(variable.Key))
                {
                    order.Add(variable.Key);
                }

                kept[variable.Key] = variable;
            }

            return order.Select(key => kept[key]);
        }
    }

    [GeneratedRegex(@"^mcr\.microsoft\.com/dotnet/(nightly/)?(aspnet|runtime|runtime-deps|sdk|monitor)(:(?<major>\d+)[^@]*)?(@.*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DotNetImage();
}

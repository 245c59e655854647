using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Sources.Compose;

/// <summary>One or more compose files as compose joins them: <c>include</c>, <c>extends</c>, overrides, variables put in.</summary>
internal sealed class ComposeProject
{
    private const int MaxDepth = 16;
    private const int MaxFiles = 200;
    private readonly SettingsFiles _files;
    private readonly FaultList _faults;
    private readonly Dictionary<string, Dictionary<string, VariableValue>> _environments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MappingNode> _extended = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), MappingNode?> _raw = [];
    private int _loaded;

    private ComposeProject(SettingsFiles files, FaultList faults, string directory)
    {
        _files = files;
        _faults = faults;
        Directory = directory;
    }

    /// <summary>Absolute path of the project's folder: that of the first file.</summary>
    public string Directory { get; }

    /// <summary>The joined file; empty where nothing could be read.</summary>
    public MappingNode? Root { get; private set; }

    public List<InterpolatedVariable> Interpolations { get; } = [];

    /// <summary>Reads and joins files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="paths">Absolute paths, later ones override.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where the files are named.</param>
    public static ComposeProject Load(SettingsFiles files, IReadOnlyList<string> paths, FaultList faults, SourceLocation askedBy)
    {
        var project = new ComposeProject(files, faults, Path.GetDirectoryName(paths[0])!);
        SettingsNode? merged = null;
        // Read now, so that what is wrong with .env is told with the rest.
        project.EnvironmentOf(project.Directory);
        foreach (string path in paths)
        {
            if (project.LoadFile(path, project.Directory, askedBy, []) is { } file)
            {
                merged = ComposeMerge.Merge(merged, file, "");
            }
        }

        project.Root = merged as MappingNode;
        return project;
    }

    /// <summary>The value of a variable of <c>.env</c> beside a file; null where only the shell can have it.</summary>
    public VariableValue? Variable(string name, string directory)
    {
        // Several applications may ask one project at once.
        lock (_environments)
        {
            return EnvironmentOf(directory).GetValueOrDefault(name);
        }
    }

    private MappingNode? LoadFile(string path, string baseDirectory, SourceLocation askedBy, IReadOnlyList<string> chain)
    {
        if (++_loaded > MaxFiles || chain.Count > MaxDepth)
        {
            _faults.NotRead(askedBy, "too many compose files include or extend each other; the rest is not read");
            return null;
        }

        if (Raw(path, baseDirectory, askedBy) is not { } file)
        {
            return null;
        }

        // Services extend what they name before the file joins with others.
        file = ExtendAll(file, path);
        SettingsNode? joined = null;
        foreach (MappingNode included in Included(file, path, baseDirectory, chain))
        {
            joined = ComposeMerge.Merge(joined, included, "");
        }

        return (joined is null ? ComposeMerge.Merge(null, file, "") : ComposeMerge.Merge(joined, file, "")) as MappingNode;
    }

    /// <summary>A file with variables put in, its documents joined.</summary>
    private MappingNode? Raw(string path, string baseDirectory, SourceLocation askedBy)
    {
        if (_raw.TryGetValue((path, baseDirectory), out MappingNode? known))
        {
            return known;
        }

        SettingsNode? merged = null;
        foreach (SettingsNode document in _files.Yaml(path, baseDirectory, _faults, askedBy))
        {
            if (document is MappingNode mapping)
            {
                merged = ComposeMerge.Merge(merged, Interpolate(mapping, "", ""), "");
            }
            else if (document is not ScalarNode { IsNull: true })
            {
                _faults.Malformed(document.Location, "a mapping was expected as the whole of a compose file");
            }
        }

        return _raw[(path, baseDirectory)] = merged as MappingNode;
    }

    private IEnumerable<MappingNode> Included(MappingNode file, string path, string baseDirectory, IReadOnlyList<string> chain)
    {
        foreach (SettingsNode entry in file.Items("include"))
        {
            IEnumerable<ScalarNode> named = entry switch
            {
                ScalarNode scalar => [scalar],
                MappingNode mapping when mapping["path"] is SequenceNode several => several.Items.OfType<ScalarNode>(),
                MappingNode mapping when mapping["path"] is ScalarNode one => [one],
                _ => [],
            };
            string? directory = entry is MappingNode { } form && form.Text("project_directory") is { Length: > 0 } folder ? SettingsFiles.Combine(baseDirectory, folder) : null;
            SettingsNode? joined = null;
            foreach (ScalarNode name in named)
            {
                if (SettingsFiles.Combine(baseDirectory, name.Text) is not { } target)
                {
                    continue;
                }

                if (chain.Contains(target) || target == path)
                {
                    _faults.Malformed(name.Location, $"'{FaultList.Shown(name.Text)}' includes itself");
                    continue;
                }

                directory ??= Path.GetDirectoryName(target)!;
                if (LoadFile(target, directory, name.Location, [.. chain, path]) is { } included)
                {
                    joined = ComposeMerge.Merge(joined, included, "");
                }
            }

            if (joined is MappingNode result)
            {
                yield return result;
            }
        }
    }

    private MappingNode ExtendAll(MappingNode file, string path)
    {
        if (file.Mapping("services") is not { } services || !services.Entries.Any(static entry => entry.Value is MappingNode service && service["extends"] is not null))
        {
            return file;
        }

        MappingNode extended = services.With([.. services.Entries.Select(entry => new KeyValuePair<ScalarNode, SettingsNode>(entry.Key, Extend(file, path, entry.Key.Text, entry.Value, [])))]);
        return file.With([.. file.Entries.Select(entry => entry.Key.Text == "services" ? new KeyValuePair<ScalarNode, SettingsNode>(entry.Key, extended) : entry)]);
    }

    private SettingsNode Extend(MappingNode file, string path, string name, SettingsNode service, IReadOnlyList<string> chain)
    {
        if (service is not MappingNode own || own["extends"] is not { } extends)
        {
            return service;
        }

        string key = $"{path}|{file.Source.BaseDirectory}|{name}";
        if (_extended.TryGetValue(key, out MappingNode? known))
        {
            return known;
        }

        (string baseName, ScalarNode? baseFile) = extends switch
        {
            ScalarNode scalar => (scalar.Text, null),
            MappingNode mapping => (mapping.Text("service"), mapping.Scalar("file")),
            _ => ("", null),
        };
        if (chain.Contains(key) || chain.Count > MaxDepth)
        {
            _faults.Malformed(extends.Location, $"the service '{FaultList.Shown(name)}' extends itself");
            return own;
        }

        MappingNode? otherFile = file;
        string otherPath = path;
        if (baseFile is not null)
        {
            if (SettingsFiles.Combine(file.Source.BaseDirectory, baseFile.Text) is not { } target)
            {
                return own;
            }

            otherPath = target;
            otherFile = target == path ? file : Raw(target, Path.GetDirectoryName(target)!, baseFile.Location);
        }

        if (otherFile?.Mapping("services")?[baseName] is not { } found)
        {
            if (otherFile is not null)
            {
                _faults.Malformed(extends.Location, $"there is no service '{FaultList.Shown(baseName)}' to extend in '{FaultList.Shown(_files.Relative(otherPath))}'");
            }

            return own;
        }

        SettingsNode parent = Extend(otherFile, otherPath, baseName, found, [.. chain, key]);
        MappingNode without = own.With([.. own.Entries.Where(static entry => entry.Key.Text != "extends")]);
        // depends_on, links and volumes_from name services of the other file; profiles come along as all else does.
        SettingsNode? merged = ComposeMerge.Merge(parent, without, "");
        return _extended[key] = merged as MappingNode ?? without;
    }

    private SettingsNode Interpolate(SettingsNode node, string path, string service)
    {
        switch (node)
        {
            case ScalarNode scalar when scalar.Text.Contains('$', StringComparison.Ordinal):
                return Interpolated(scalar, service);

            case SequenceNode sequence:
                return new SequenceNode(sequence.Source, sequence.Line, sequence.Column, [.. sequence.Items.Select(item => Interpolate(item, path, service))]) { Tag = sequence.Tag };

            case MappingNode mapping:
                return mapping.With(
                [
                    .. mapping.Entries.Select(entry => new KeyValuePair<ScalarNode, SettingsNode>(
                        entry.Key,
                        Interpolate(entry.Value, path.Length < 100 ? $"{path}/{entry.Key.Text}" : path, path == "/services" ? entry.Key.Text : service))),
                ]);

            default:
                return node;
        }
    }

    private ScalarNode Interpolated(ScalarNode scalar, string service)
    {
        var interpolation = new Interpolation(name => Variable(name, scalar.Source.BaseDirectory), dollarEscapes: true);
        string text = interpolation.Expand(scalar.Text);
        bool oneLine = !scalar.Text.Contains('\n', StringComparison.Ordinal);
        foreach ((string name, InterpolationForm form, SourceLocation? defined, int offset) in interpolation.Met)
        {
            if (Interpolations.Count < 10_000)
            {
                // A quote stands before the text of a quoted value.
                SourceLocation place = oneLine && offset >= 0 ? new SourceLocation(scalar.Source.Path, scalar.Line, scalar.Column + offset + (scalar.Plain ? 0 : 1)) : scalar.Location;
                Interpolations.Add(new InterpolatedVariable(name, form, place) { DefinedAt = defined, Service = service });
            }
        }

        if (interpolation.Invalid >= 0)
        {
            _faults.Malformed(scalar.Location, "a '$' that begins no variable: write '$$' for a dollar sign; compose stops here");
        }

        return scalar.With(text, interpolation.Known);
    }

    private Dictionary<string, VariableValue> EnvironmentOf(string directory)
    {
        if (_environments.TryGetValue(directory, out Dictionary<string, VariableValue>? known))
        {
            return known;
        }

        var values = new Dictionary<string, VariableValue>(StringComparer.Ordinal);
        _environments.Add(directory, values);
        // An included project sees the variables of the project that includes it, and first its own.
        string path = Path.Combine(directory, ".env");
        if (directory != Directory)
        {
            foreach ((string name, VariableValue value) in EnvironmentOf(Directory))
            {
                values[name] = value;
            }
        }

        if (_files.FileExists(path) && _files.Text(path, _faults) is { } text)
        {
            foreach (ProvidedKey variable in DotEnvFile.Parse(text, path, _faults).Where(static variable => variable.Certain))
            {
                values[variable.Key] = new VariableValue(variable.ValueIsKnown ? variable.Value ?? "" : null, variable.Location);
            }
        }

        return values;
    }
}

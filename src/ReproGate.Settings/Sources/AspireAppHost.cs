using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources;

/// <summary>A project as an app host adds it.</summary>
/// <param name="Name">The resource's name.</param>
/// <param name="LaunchProfile">The launch profile it is started with: empty for none, null where that is not said.</param>
internal sealed record AppHostProject(string Name, string? LaunchProfile);

/// <summary>
/// Reads an Aspire app host's C# as text, without running it: the resources it adds, and what <c>WithEnvironment</c>, <c>WithReference</c> and
/// endpoints give them. What else it does to a resource makes it opaque.
/// </summary>
internal static partial class AspireAppHost
{
    private const int MaxFiles = 200;
    private const int MaxStatements = 5000;

    // Calls that give no variables of which the name is not known.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "WaitFor", "WaitForCompletion", "WaitForStart", "WithExternalHttpEndpoints", "WithReplicas", "WithHttpHealthCheck", "WithHttpsHealthCheck", "WithHealthCheck", "WithParentRelationship", "WithRelationship",
        "WithUrl", "WithUrls", "WithUrlForEndpoint", "WithIconName", "WithExplicitStart", "PublishAsDockerFile", "ExcludeFromManifest", "WithCommand", "WithHttpCommand", "WithLifetime", "WithDataVolume", "WithDataBindMount",
        "WithImage", "WithImageTag", "WithImageRegistry", "WithPgAdmin", "WithRedisInsight", "WithRedisCommander", "WithManagementPlugin", "WithPersistence", "RunAsContainer", "RunAsEmulator", "AsExisting", "WithVolume", "WithBindMount",
        "WithExternalHttpEndpoint", "WithHostPort", "GetEndpoint", "AddDatabase", "WithArgs", "WithHttpEndpoint", "WithHttpsEndpoint", "WithEndpoint", "WithEnvironment", "WithReference",
    };

    /// <summary>Reads an app host.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">Absolute path of the app host's project folder, or of one C# file.</param>
    /// <param name="resource">The resource's name; empty where only the names are asked for.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where it is named.</param>
    public static RuntimeSource Read(SettingsFiles files, string folder, string resource, FaultList faults, SourceLocation askedBy)
    {
        IReadOnlyList<string> sources = SourcesOf(files, folder, faults);
        if (sources.Count == 0)
        {
            faults.Missing(askedBy, $"there is no app host in '{FaultList.Shown(files.Relative(folder))}'");
            return new RuntimeSource { Groups = [new VariableGroup("Aspire app host", ProviderOrigin.Aspire, folder) { Opaque = true }] };
        }

        (Dictionary<string, Resource> resources, Dictionary<string, Resource> byVariable) = ResourcesOf(files, sources, faults);
        ImmutableArray<ServiceHost> hosts = [.. resources.Values.Where(static found => !found.IsValue).Select(static found => new ServiceHost(found.Name, ServiceHostKind.AspireResource, found.Location) { Service = found.Name, Ports = [.. found.Ports.Select(static port => port.HostPort)] })];
        var network = new NetworkFacts { Hosts = hosts, Published = [.. resources.Values.SelectMany(static found => found.Ports)] };
        if (!resources.TryGetValue(resource, out Resource? wanted))
        {
            if (resource.Length > 0)
            {
                faults.Missing(askedBy, $"the app host adds no resource '{FaultList.Shown(resource)}' that can be seen without running it");
            }

            return new RuntimeSource { Groups = [new VariableGroup("Aspire app host", ProviderOrigin.Aspire, sources[0]) { Opaque = true }], Network = network };
        }

        foreach ((string call, List<(string Text, int Offset)> arguments, SourceLocation place) in wanted.Calls)
        {
            Give(wanted, call, arguments, place, byVariable);
        }

        return new RuntimeSource
        {
            Groups = [new VariableGroup($"app host resource {FaultList.Shown(resource)}", ProviderOrigin.Aspire, wanted.Location.File) { Variables = [.. wanted.Variables], Opaque = wanted.Opaque }],
            Network = network,
        };
    }

    /// <summary>The resource by which an app host adds a project; null where it does not, or not once, or where the name cannot be seen.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">Absolute path of the app host's project folder.</param>
    /// <param name="project">Name of the project file, without extension.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static AppHostProject? ResourceOf(SettingsFiles files, string folder, string project, FaultList faults)
    {
        // The class that the app host's SDK generates for a project it references, in the namespace Projects.
        string type = string.Concat(project.Select(static letter => char.IsLetterOrDigit(letter) ? letter : '_'));
        Resource[] added = [.. ResourcesOf(files, SourcesOf(files, folder, faults), faults).ByName.Values.Where(resource => resource.Project[(resource.Project.LastIndexOf('.') + 1)..] == type)];
        return added is [var one] ? new AppHostProject(one.Name, one.LaunchProfile) : null;
    }

    /// <summary>The launch profile with which an app host starts a project's resource: empty where it starts it without one, null where it does not say which.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">Absolute path of the app host's project folder, or of one C# file.</param>
    /// <param name="resource">The resource's name.</param>
    public static string? LaunchProfileOf(SettingsFiles files, string folder, string resource)
    {
        // What is wrong with the app host is told where it is read as a source.
        var faults = new FaultList();
        return ResourcesOf(files, SourcesOf(files, folder, faults), faults).ByName.GetValueOrDefault(resource)?.LaunchProfile;
    }

    private static IReadOnlyList<string> SourcesOf(SettingsFiles files, string folder, FaultList faults) =>
        files.FileExists(folder) && folder.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) ? [folder]
            : [.. files.FilesIn(folder.EndsWith("proj", StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(folder)! : folder, faults).Where(static file => file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase)).Take(MaxFiles)];

    private static (Dictionary<string, Resource> ByName, Dictionary<string, Resource> ByVariable) ResourcesOf(SettingsFiles files, IEnumerable<string> sources, FaultList faults)
    {
        var resources = new Dictionary<string, Resource>(StringComparer.Ordinal);
        var byVariable = new Dictionary<string, Resource>(StringComparer.Ordinal);
        var codes = new List<(string Path, string Code)>();
        foreach (string source in sources)
        {
            if (files.Text(source, faults) is { } text)
            {
                codes.Add((source, WithoutComments(text)));
            }
        }

        var constants = new Constants(codes.Select(static source => source.Code).Concat(CodeOfReferences(files, codes.Select(static source => Path.GetDirectoryName(source.Path)!), faults)));
        HashSet<string> ownMethods = [.. codes.SelectMany(static source => OwnMethod().Matches(source.Code)).Select(static match => match.Groups[1].Value)];
        foreach ((string path, string code) in codes)
        {
            Parse(code, path, resources, byVariable, constants, ownMethods);
        }

        return (resources, byVariable);
    }

    // Names of resources often stand as constants in a project that the app host and the applications share.
    private static IEnumerable<string> CodeOfReferences(SettingsFiles files, IEnumerable<string> hosts, FaultList faults)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (string host in hosts.Distinct(StringComparer.Ordinal))
        {
            foreach (string project in files.FilesIn(host, faults).Where(static file => file.EndsWith("proj", StringComparison.OrdinalIgnoreCase)))
            {
                foreach (Match reference in ProjectReference().Matches(files.Text(project, faults) ?? ""))
                {
                    if (SettingsFiles.Combine(host, reference.Groups[1].Value) is { } path && Path.GetDirectoryName(path) is { } folder && folder != host)
                    {
                        folders.Add(folder);
                    }
                }
            }
        }

        // What is wrong with a file that only might hold a constant is nobody's concern here.
        var unheard = new FaultList();
        return folders.Take(MaxFiles)
            .SelectMany(folder => files.FilesIn(folder, unheard).Where(static file => file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase)).Take(MaxFiles))
            .Select(file => files.Text(file, unheard)).OfType<string>()
            .Where(static text => text.Contains("const ", StringComparison.Ordinal))
            .Select(WithoutComments);
    }

    private static void Give(Resource resource, string call, List<(string Text, int Offset)> arguments, SourceLocation place, Dictionary<string, Resource> byVariable)
    {
        switch (call)
        {
            case "WithEnvironment" when arguments.Count == 2 && Literal(arguments[0].Text) is { } name:
                string? value = Literal(arguments[1].Text);
                resource.Variables.Add(new ProvidedKey(name, value, place) { ValueIsKnown = value is not null, WrittenAs = name });
                break;

            case "WithReference" when arguments.Count >= 1:
                Reference(resource, arguments, place, byVariable);
                break;

            case "WithHttpEndpoint" or "WithHttpsEndpoint" or "WithEndpoint":
                if (Named(arguments, "env") is { } variable)
                {
                    resource.Variables.Add(new ProvidedKey(variable.Trim('"'), null, place) { ValueIsKnown = false, WrittenAs = variable.Trim('"') });
                }

                break;

            default:
                resource.Opaque |= !Harmless.Contains(call) || call is "WithEnvironment";
                break;
        }
    }

    private static void Reference(Resource resource, List<(string Text, int Offset)> arguments, SourceLocation place, Dictionary<string, Resource> byVariable)
    {
        string expression = arguments[0].Text.Trim();
        // What an extension of the app host's own makes of a resource, or of further arguments, is known to its code only.
        if (!byVariable.TryGetValue(expression, out Resource? other)
            || other.IsOwn
            || arguments.Skip(1).Any(static argument => NamedArgument().Match(argument.Text) is { Success: true } named && named.Groups[1].Value is not ("connectionName" or "optional" or "name")))
        {
            resource.Opaque = true;
            return;
        }

        string? connection = arguments.Count > 1 ? Literal(arguments[1].Text) ?? Named(arguments, "connectionName")?.Trim('"') : null;
        if (other.IsService)
        {
            foreach (string scheme in (string[])["http", "https"])
            {
                // Which endpoints it has depends on its launch profile: one of the two may be missing.
                string key = $"services__{other.Name}__{scheme}__0";
                resource.Variables.Add(new ProvidedKey(key, null, place) { ValueIsKnown = false, Certain = false, WrittenAs = $"WithReference({FaultList.Shown(expression)})" });
            }
        }
        else
        {
            string key = $"ConnectionStrings__{connection ?? other.Name}";
            resource.Variables.Add(new ProvidedKey(key, null, place) { ValueIsKnown = false, WrittenAs = $"WithReference({FaultList.Shown(expression)})" });
        }
    }

    private static void Parse(string code, string path, Dictionary<string, Resource> resources, Dictionary<string, Resource> byVariable, Constants constants, HashSet<string> ownMethods)
    {
        int[] lines = LineStarts(code);
        int count = 0;
        foreach ((int start, int end) in Statements(code))
        {
            if (++count > MaxStatements)
            {
                return;
            }

            List<(string Name, string TypeArgument, List<(string Text, int Offset)> Arguments, int Offset)> calls = Calls(code, start, end);
            if (calls.Count == 0)
            {
                continue;
            }

            Resource? current = null;
            string head = code[start..Math.Max(start, Math.Min(calls[0].Offset - 1, end))];
            head = head.Length > 500 ? head[^500..] : head;
            Match assignment = Assignment().Match(head);
            Match receiver = Receiver().Match(head);
            if (receiver.Success && byVariable.TryGetValue(receiver.Groups[1].Value, out Resource? known))
            {
                current = known;
            }

            foreach ((string name, string type, List<(string Text, int Offset)> written, int offset) in calls)
            {
                List<(string Text, int Offset)> arguments = [.. written.Select(argument => (constants.Put(argument.Text), argument.Offset))];
                SourceLocation place = Place(arguments.Count > 0 && arguments[0].Text.StartsWith('"') ? arguments[0].Offset : offset);
                if (name.StartsWith("Add", StringComparison.Ordinal) && arguments.Count > 0 && Literal(arguments[0].Text) is { Length: > 0 } added)
                {
                    current = new Resource(added, place, IsValue: name is "AddParameter" or "AddConnectionString", IsService: name is "AddProject" or "AddContainer" or "AddNpmApp" or "AddDockerfile" or "AddExecutable" or "AddViteApp" or "AddPythonApp" or "AddExternalService" or "AddCSharpApp" or "AddYarp") { Project = name == "AddProject" ? type.Trim() : "", LaunchProfile = name == "AddProject" ? LaunchProfileIn(arguments, type.Trim().Length > 0) : null, IsOwn = ownMethods.Contains(name) };
                    resources[added] = current;
                }
                else if (current is not null)
                {
                    current.Calls.Add((name, arguments, place));
                    foreach (string argument in (string[])["port", "hostPort"])
                    {
                        if (name is "WithHttpEndpoint" or "WithHttpsEndpoint" or "WithEndpoint" && int.TryParse(Named(arguments, argument), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535)
                        {
                            current.Ports.Add(new PublishedPort(port, current.Name, PortOrigin.Aspire, place));
                        }
                    }
                }
            }

            if (assignment.Success && current is not null)
            {
                byVariable[assignment.Groups[1].Value] = current;
            }
        }

        SourceLocation Place(int offset)
        {
            int line = Array.BinarySearch(lines, offset);
            line = line < 0 ? ~line - 1 : line;
            return new SourceLocation(path, line + 1, offset - lines[line] + 1);
        }
    }

    // AddProject<T>(name, launchProfileName), AddProject(name, path, launchProfileName), or options that are set.
    private static string? LaunchProfileIn(List<(string Text, int Offset)> arguments, bool typed)
    {
        string? given = Named(arguments, "launchProfileName")
            ?? (arguments.Count > (typed ? 1 : 2) && arguments[typed ? 1 : 2].Text is var positional && (positional == "null" || Literal(positional) is not null) && !NamedArgument().IsMatch(positional) ? positional : null);
        if (given is not null)
        {
            return given == "null" ? "" : Literal(given);
        }

        foreach ((string text, _) in arguments)
        {
            if (ExcludedProfile().IsMatch(text))
            {
                return "";
            }

            if (ChosenProfile().Match(text) is { Success: true } chosen)
            {
                return chosen.Groups[1].Value;
            }
        }

        return null;
    }

    /// <summary>Calls of a chain that stand at its own level, not within an argument.</summary>
    private static List<(string Name, string TypeArgument, List<(string Text, int Offset)> Arguments, int Offset)> Calls(string code, int start, int end)
    {
        var calls = new List<(string, string, List<(string, int)>, int)>();
        int position = start;
        while (position < end)
        {
            if (code[position] is '"' or '\'')
            {
                position = AfterQuote(code, position, end);
            }
            else if (code[position] == '.' && Call().Match(code, position, Math.Min(end - position, 300)) is { Success: true } match && match.Index == position)
            {
                int open = position + match.Length - 1;
                int close = Close(code, open, end);
                calls.Add((match.Groups[1].Value, match.Groups[2].Value, Arguments(code, open + 1, close), position + 1));
                position = close + 1;
            }
            else if (code[position] is '(' or '[' or '{')
            {
                position = Close(code, position, end) + 1;
            }
            else
            {
                position++;
            }
        }

        return calls;
    }

    private static List<(string Text, int Offset)> Arguments(string code, int start, int end)
    {
        var arguments = new List<(string, int)>();
        int begin = start;
        int position = start;
        while (position < end)
        {
            if (code[position] is '"' or '\'')
            {
                position = AfterQuote(code, position, end);
            }
            else if (code[position] is '(' or '[' or '{')
            {
                position = Close(code, position, end) + 1;
            }
            else if (code[position] == ',')
            {
                Add(position);
                begin = ++position;
            }
            else
            {
                position++;
            }
        }

        Add(end);
        return arguments;

        void Add(int until)
        {
            string raw = code[begin..Math.Max(begin, until)];
            string trimmed = raw.Trim();
            if (trimmed.Length > 0)
            {
                arguments.Add((trimmed, begin + raw.Length - raw.TrimStart().Length));
            }
        }
    }

    /// <summary>Where the bracket opened here closes; the end where it does not.</summary>
    private static int Close(string code, int open, int end)
    {
        int level = 0;
        int position = open;
        while (position < end)
        {
            char letter = code[position];
            if (letter is '"' or '\'')
            {
                position = AfterQuote(code, position, end);
                continue;
            }

            level += letter is '(' or '[' or '{' ? 1 : letter is ')' or ']' or '}' ? -1 : 0;
            if (level == 0)
            {
                return position;
            }

            position++;
        }

        return end;
    }

    private static int AfterQuote(string code, int start, int end)
    {
        char quote = code[start];
        if (quote == '"' && start + 2 < end && code[start + 1] == '"' && code[start + 2] == '"')
        {
            int close = code.IndexOf("\"\"\"", start + 3, end - start - 3, StringComparison.Ordinal);
            return close < 0 ? end : close + 3;
        }

        bool verbatim = start > 0 && (code[start - 1] == '@' || (start > 1 && code[start - 2] == '@' && code[start - 1] == '$'));
        for (int i = start + 1; i < end; i++)
        {
            if (code[i] == '\\' && !verbatim)
            {
                i++;
            }
            else if (code[i] == quote)
            {
                return i + 1;
            }
            else if (code[i] == '\n' && !verbatim)
            {
                return i;
            }
        }

        return end;
    }

    /// <summary>Statements: what stands between semicolons and braces outside of brackets and texts.</summary>
    private static IEnumerable<(int Start, int End)> Statements(string code)
    {
        int start = 0;
        int level = 0;
        int position = 0;
        while (position < code.Length)
        {
            char letter = code[position];
            if (letter is '"' or '\'')
            {
                position = Math.Max(AfterQuote(code, position, code.Length), position + 1);
                continue;
            }

            level = letter is '(' or '[' ? level + 1 : letter is ')' or ']' ? Math.Max(level - 1, 0) : level;
            if (letter == ';' || (letter is '{' or '}' && level == 0))
            {
                level = letter == ';' && level > 0 ? level : 0;
                if (level == 0)
                {
                    yield return (start, position);
                    start = position + 1;
                }
            }

            position++;
        }

        yield return (start, code.Length);
    }

    private static string WithoutComments(string text)
    {
        var result = new StringBuilder(text);
        int position = 0;
        while (position < text.Length)
        {
            if (text[position] is '"' or '\'')
            {
                position = Math.Max(AfterQuote(text, position, text.Length), position + 1);
            }
            else if (text[position] == '/' && position + 1 < text.Length && text[position + 1] is '/' or '*')
            {
                int end = text[position + 1] == '/' ? text.IndexOf('\n', position) : text.IndexOf("*/", position + 2, StringComparison.Ordinal) is >= 0 and int close ? close + 2 : -1;
                end = end < 0 ? text.Length : end;
                for (int i = position; i < end; i++)
                {
                    result[i] = text[i] == '\n' ? '\n' : ' ';
                }

                position = end;
            }
            else
            {
                position++;
            }
        }

        return result.ToString();
    }

    private static int[] LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            starts.Add(i + 1);
        }

        return [.. starts];
    }

    private static string? Literal(string argument) => LiteralText().Match(argument) is { Success: true } match ? match.Groups[1].Value : null;

    private static string? Named(List<(string Text, int Offset)> arguments, string name)
    {
        foreach ((string text, _) in arguments)
        {
            if (text.StartsWith(name, StringComparison.Ordinal) && text[name.Length..].TrimStart() is ['=' or ':', ..] rest)
            {
                return rest[1..].Trim();
            }
        }

        return null;
    }

    private sealed record Resource(string Name, SourceLocation Location, bool IsValue, bool IsService)
    {
        public List<(string Name, List<(string Text, int Offset)> Arguments, SourceLocation Location)> Calls { get; } = [];

        public List<ProvidedKey> Variables { get; } = [];

        public List<PublishedPort> Ports { get; } = [];

        public bool Opaque { get; set; }

        /// <summary>The generated class of its project; empty where it is none.</summary>
        public string Project { get; init; } = "";

        /// <summary>The launch profile it is started with: empty for none, null where that is not said.</summary>
        public string? LaunchProfile { get; init; }

        /// <summary>Added by a method that the app host itself declares, which knows what it gives to others.</summary>
        public bool IsOwn { get; init; }
    }

    /// <summary>Constants of texts, by name and by type and name. Of one name with two values none is taken.</summary>
    private sealed class Constants
    {
        private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

        public Constants(IEnumerable<string> codes)
        {
            foreach (string code in codes)
            {
                string type = "";
                foreach (Match match in TypeOrConstant().Matches(code))
                {
                    if (match.Groups["type"].Success)
                    {
                        type = match.Groups["type"].Value;
                        continue;
                    }

                    foreach (string name in (string[])[match.Groups["name"].Value, $"{type}.{match.Groups["name"].Value}"])
                    {
                        string value = match.Groups["value"].Value;
                        _values[name] = _values.TryGetValue(name, out string? known) && known != value ? null : value;
                    }
                }
            }
        }

        /// <summary>An argument with a constant's text in the place of its name; the argument itself where it names none.</summary>
        public string Put(string argument)
        {
            if (_values.Count == 0 || argument.Length > 500 || ConstantName().Match(argument) is not { Success: true } match)
            {
                return argument;
            }

            string name = string.Join('.', match.Groups[2].Value.Split('.').TakeLast(2));
            return _values.GetValueOrDefault(name) is { } value ? $"{match.Groups[1].Value}\"{value}\"" : argument;
        }
    }

    [GeneratedRegex(@"\b(?:class|struct|record|interface)\s+(?<type>\w+)|\bconst\s+string\s+(?<name>\w+)\s*=\s*""(?<value>[^""\\{}\r\n]*)""", RegexOptions.CultureInvariant)]
    private static partial Regex TypeOrConstant();

    [GeneratedRegex(@"^(\w+\s*:\s*)?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ConstantName();

    [GeneratedRegex(@"\bExcludeLaunchProfile\s*=\s*true\b", RegexOptions.CultureInvariant)]
    private static partial Regex ExcludedProfile();

    [GeneratedRegex(@"\bLaunchProfileName\s*=\s*""([^""\\{}\r\n]*)""", RegexOptions.CultureInvariant)]
    private static partial Regex ChosenProfile();

    [GeneratedRegex(@"^(\w+)\s*:(?!:)", RegexOptions.CultureInvariant)]
    private static partial Regex NamedArgument();

    [GeneratedRegex(@"\bstatic\s+IResourceBuilder<[^;={}()]{1,200}>\s+(Add\w+)\s*[<(]", RegexOptions.CultureInvariant)]
    private static partial Regex OwnMethod();

    [GeneratedRegex(@"<ProjectReference\s[^>]*?Include\s*=\s*""([^""]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"(\w+)\s*=(?![=>])", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"(\w+)\s*$", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Receiver();

    [GeneratedRegex(@"\.\s*(\w+)\s*(?:<([^<>()]*(?:<[^<>()]*>)?[^<>()]*)>)?\s*\(", RegexOptions.CultureInvariant)]
    private static partial Regex Call();

    [GeneratedRegex(@"^(?:\w+\s*:\s*)?""((?:[^""\\{}])*)""$", RegexOptions.CultureInvariant)]
    private static partial Regex LiteralText();
}

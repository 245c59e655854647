using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Matrix;

/// <summary>Infers a matrix from what a repository shows: environments and sources from its files, rows from what the code reads and where it is given.</summary>
public static class MatrixInit
{
    // More than a person would read of one application.
    private const int MaxNotes = 20;

    private static readonly SourceLocation Nowhere = new("");

    /// <summary>Environments and the application itself, as far as the matrix does not have them, and what only a person can add.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="projectPath">Absolute path of the project file.</param>
    /// <param name="settingsFiles">Names of the project's settings files.</param>
    public static MatrixAdditions Frame(EnvironmentMatrix matrix, string root, string projectPath, IEnumerable<string> settingsFiles)
    {
        var tree = new RepositoryTree(root, projectPath);
        string project = tree.Project;
        ImmutableArray<string> names = [.. new[] { "Development", "Production" }.Concat(settingsFiles.Select(SettingsFileName.EnvironmentOf).OfType<string>()).Where(IsName).Distinct(StringComparer.OrdinalIgnoreCase)];
        var environments = ImmutableArray.CreateBuilder<MatrixEnvironment>();
        var notes = new List<string>();
        // A matrix that people have given environments knows them; new ones are told and not guessed into it.
        bool isNew = matrix.Environments.IsEmpty || matrix.Keys.All(static row => row.Inferred);
        foreach (string name in names)
        {
            if (!isNew && !matrix.Environments.Any(known => known.DotNetName.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                // Development and Production are no news.
                if (name is not ("Development" or "Production"))
                {
                    notes.Add($"it has settings for {name}, and the matrix has no such environment; if it is one, add \"{ShortName(name)}\": \"{name}\"");
                }
            }
            else if (!matrix.Environments.Any(known => known.DotNetName.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                environments.Add(new MatrixEnvironment(ShortName(name), name, NetworkKind.Host, Nowhere));
            }
        }

        ImmutableArray<InferredRun> runs = [.. Runs(tree, matrix, environments, notes).Where(run => IsWritable(run, notes))];
        if (matrix.Apps.FirstOrDefault(app => app.Project == project) is { } known)
        {
            // What a person wrote, or took out, is not written again.
            HashSet<string> has = [.. known.Sources.Values.SelectMany(static sources => sources).Select(MatrixWriter.Text)];
            notes.AddRange(
                from run in runs
                from source in run.Sources
                where source.Kind is not ("launchSettings" or "dockerfile") && !has.Contains(MatrixWriter.Text(source))
                select $"it runs as \"{MatrixWriter.Text(source)}\", too, which the matrix does not have among its sources");
            return new MatrixAdditions { Environments = environments.ToImmutable(), Notes = Told(notes) };
        }

        var sources = ImmutableDictionary.CreateBuilder<string, ImmutableArray<MatrixSource>>(StringComparer.Ordinal);
        foreach (InferredRun run in runs)
        {
            MatrixEnvironment? environment = matrix.Environments.Concat(environments).FirstOrDefault(known => IsOf(known, run));
            if (environment is null && isNew && !matrix.Environments.Concat(environments).Any(other => other.Name == run.Environment))
            {
                environment = new MatrixEnvironment(run.Environment, run.DotNetName, run.Network, Nowhere);
                environments.Add(environment);
            }

            if (environment is null)
            {
                string network = run.Network == NetworkKind.Host ? "" : $", \"network\": \"{MatrixWords.Of(run.Network)}\"";
                notes.Add($"it runs as {run.DotNetName} by {string.Join(", ", run.Sources.Select(static source => $"\"{MatrixWriter.Text(source)}\""))}, and the matrix has no environment for that; add \"{run.Environment}\": {{ \"name\": \"{run.DotNetName}\"{network} }}, and name it there");
            }
            else
            {
                sources[environment.Name] = run.Sources;
            }
        }

        string app = new([.. Path.GetFileNameWithoutExtension(projectPath).Select(static letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')]);
        for (int i = 2; matrix.Apps.Any(other => other.Name == app); i++)
        {
            app = $"{Path.GetFileNameWithoutExtension(projectPath)}-{i}";
        }

        return new MatrixAdditions
        {
            Environments = environments.ToImmutable(),
            Apps = [new MatrixApp(app, project, Nowhere) { Sources = sources.ToImmutable() }],
            Notes = Told(notes),
            // What was inferred from the only application there was is that one's until the new one turns out to read it, too.
            Keys = matrix.Apps is [var first] ? [.. matrix.Keys.Where(static row => row.Inferred && row.Apps.IsEmpty).Select(row => row with { Apps = [first.Name] })] : [],
        };
    }

    /// <summary>The rows that are missing, and inferred ones that have to say more, so that what is true today passes the gate.</summary>
    /// <param name="facts">The application against the matrix as it stands.</param>
    public static ImmutableArray<MatrixKey> Rows(AppConfiguration facts)
    {
        var changed = new Dictionary<string, MatrixKey>(StringComparer.OrdinalIgnoreCase);
        foreach (IGrouping<string, ConfigurationRead> reads in KeyNotDeclared.Undeclared(new JudgedApp(facts)))
        {
            changed[reads.Key] = Shared(facts, KeyNotDeclared.RowFor(new JudgedApp(facts), [.. reads]) with { Inferred = true });
        }

        foreach (UnresolvedRead read in facts.Code.Unresolved)
        {
            MatrixKey row = Shared(facts, Computed(read) with { Apps = KeyNotDeclared.OnlyFor(facts) });
            if (ComputedKeyNotDeclared.Check(new JudgedApp(facts with { Code = facts.Code with { Unresolved = [read] } })).Any())
            {
                changed.TryAdd(row.Key, row);
            }
        }

        AppConfiguration with = Apply(facts, changed);
        foreach (MatrixKey row in new JudgedApp(with).Rows.Where(static row => row.Inferred).ToArray())
        {
            MatrixKey better = WithoutCertainty(with, row);
            if (!ReferenceEquals(better, row))
            {
                changed[row.Key] = better;
            }
        }

        with = Apply(facts, changed);
        foreach (MissingKey missing in KeyMissingInEnvironment.Missing(new JudgedApp(with)).ToArray())
        {
            if (missing.Row.Inferred)
            {
                MatrixKey row = changed.GetValueOrDefault(missing.Row.Key, missing.Row);
                changed[row.Key] = row with { Cells = row.Cells.SetItem(missing.Environment.Environment.Name, new MatrixCell(Presence.Required, MatrixText.Unconfirmed, Nowhere)) };
            }
        }

        return [.. changed.Values.OrderBy(static row => row.Key, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>One row for a key that several applications read: a row of this one, and what an inferred row of others says, so that it holds for all of them.</summary>
    private static MatrixKey Shared(AppConfiguration facts, MatrixKey row)
    {
        if (facts.Matrix.Keys.FirstOrDefault(other => other.Inferred && !other.Apps.IsEmpty && !other.Apps.Contains(facts.App.Name) && other.Key.Equals(row.Key, StringComparison.OrdinalIgnoreCase)) is not { } others)
        {
            return row;
        }

        bool sameType = others.Type == row.Type && others.EnumMembers.SequenceEqual(row.EnumMembers);
        return others with
        {
            Apps = [.. others.Apps.Add(facts.App.Name).Order(StringComparer.Ordinal)],
            Type = sameType ? row.Type : ConfigurationValueType.String,
            EnumMembers = sameType ? row.EnumMembers : [],
            Secret = others.Secret && row.Secret,
            // Optional is what all of them can do without; where no cell says so, each application's code does.
            Cells = others.Cells.Where(cell => cell.Value.Presence != Presence.Optional || row.Cells.ContainsKey(cell.Key)).ToImmutableDictionary(),
        };
    }

    // A secret that stands in a file, or a type that a value does not have: a person has to decide which of the two is wrong.
    private static MatrixKey WithoutCertainty(AppConfiguration facts, MatrixKey row)
    {
        IEnumerable<ProvidedKey> given = facts.Environments.SelectMany(static environment => environment.Set.Providers)
            .Where(static provider => provider is { DeveloperOnly: false, Opaque: false })
            .SelectMany(static provider => provider.Keys)
            .Where(key => KeyPattern.Covers(row.Key, key.Key))
            .ToArray();
        if (row.Secret && given.Any(static key => key is { FromSecretStore: false } && (key.LiteralInFile || (key.ValueIsKnown && !string.IsNullOrWhiteSpace(key.Value)))))
        {
            row = row with { Secret = false };
        }

        if (row.Type is { } type && type != ConfigurationValueType.String && given.Any(key => key is { ValueIsKnown: true, Value: { Length: > 0 } value } && !ValueDoesNotFit.Fits(type, row.EnumMembers, value)))
        {
            row = row with { Type = ConfigurationValueType.String, EnumMembers = [] };
        }

        return row;
    }

    private static MatrixKey Computed(UnresolvedRead read)
    {
        bool known = read.Pattern is { Length: > 0 } pattern && pattern.Split(':').Any(static segment => segment is not ("*" or "**"));
        string member = read.Member.Length > 0 ? read.Member : read.Assembly;
        return known
            ? new MatrixKey(read.Pattern!, Nowhere) { Type = ConfigurationValueType.String, Inferred = true }
            : new MatrixKey($"({member.Replace(':', '.')}):*", Nowhere) { Type = ConfigurationValueType.String, ReadBy = member, Why = "computed; write the pattern here", Inferred = true };
    }

    /// <summary>Where the application runs: on developers' machines, and what the repository's files say of containers, clusters and jobs.</summary>
    private static IEnumerable<InferredRun> Runs(RepositoryTree tree, EnvironmentMatrix matrix, IEnumerable<MatrixEnvironment> added, List<string> notes)
    {
        if (matrix.Environments.Concat(added).FirstOrDefault(static environment => environment is { DotNetName: "Development", Network: NetworkKind.Host }) is { } developers)
        {
            // The app host starts an application with the variables of its launch profile and sets its own after them.
            (MatrixSource Source, string? LaunchProfile)? host = InferredSources.AppHost(tree, notes);
            bool launched = host?.LaunchProfile != "" && tree.Files.FileExists(Path.Combine(tree.ProjectDirectory, "Properties", "launchSettings.json"));
            ImmutableArray<MatrixSource> own =
            [
                .. launched ? (MatrixSource[])[new MatrixSource("launchSettings", [], "", Nowhere)] : [],
                .. host is { } started ? (MatrixSource[])[started.Source] : [],
            ];
            if (!own.IsEmpty)
            {
                yield return new InferredRun(developers.Name, developers.DotNetName, NetworkKind.Host, own);
            }
        }

        if (InferredSources.Compose(tree, notes) is { } compose)
        {
            yield return new InferredRun("compose", compose.Environment, NetworkKind.Compose, [compose.Source]);
        }

        foreach (InferredRun run in new InferredDeployments(tree, new AppIdentity(tree), notes).Find().Concat(InferredJobs.Find(tree, notes)))
        {
            yield return run;
        }
    }

    // A file of compose says nothing of which environment it is, so the only one there is takes it.
    private static bool IsOf(MatrixEnvironment environment, InferredRun run) => run.Network == NetworkKind.Compose
        ? environment.Network == NetworkKind.Compose
        : environment.Name == run.Environment && environment.Network == run.Network && environment.DotNetName.Equals(run.DotNetName, StringComparison.OrdinalIgnoreCase);

    // A folder may bear a name that the matrix has other uses for: "k8s#2", "a,b".
    private static bool IsWritable(InferredRun run, List<string> notes)
    {
        if (run.Sources.FirstOrDefault(static source =>
            source.Files.Append(source.Target).Any(static name => name.AsSpan().ContainsAny("\"\\") || name.Any(char.IsControl))
            || MatrixWords.Source(MatrixWriter.Text(source), Nowhere, out _) is not { } read || read.Target != source.Target || !read.Files.SequenceEqual(source.Files)) is not { } strange)
        {
            return true;
        }

        notes.Add($"it runs by {FaultList.Shown(string.Join(", ", strange.Files))}, whose name cannot be written into the matrix; give it one without ',', ':', '#', '\"' and '\\'");
        return false;
    }

    private static ImmutableArray<string> Told(List<string> notes) => [.. notes.Distinct(StringComparer.Ordinal).Take(MaxNotes)];

    private static AppConfiguration Apply(AppConfiguration facts, Dictionary<string, MatrixKey> changed) => facts with
    {
        Matrix = facts.Matrix with
        {
            Keys =
            [
                .. facts.Matrix.Keys.Select(row => row.Inferred && changed.TryGetValue(row.Key, out MatrixKey? other) ? other : row),
                .. changed.Values.Where(row => !facts.Matrix.Keys.Any(other => other.Key.Equals(row.Key, StringComparison.OrdinalIgnoreCase))),
            ],
        },
    };

    /// <summary>Whether a text can be the name of a .NET environment.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= 60 && name.All(static letter => char.IsLetterOrDigit(letter) || letter is '-' or '_');

    private static string ShortName(string name) => name.ToUpperInvariant() switch { "DEVELOPMENT" => "dev", "PRODUCTION" => "prod", _ => name.ToLowerInvariant() };
}

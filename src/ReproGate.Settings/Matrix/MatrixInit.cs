using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;

namespace ReproGate.Settings.Matrix;

/// <summary>Infers a matrix from what a repository shows: environments and sources from its files, rows from what the code reads and where it is given.</summary>
public static class MatrixInit
{
    private static readonly SourceLocation Nowhere = new("");

    /// <summary>Environments and the application itself, as far as the matrix does not have them.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="projectPath">Absolute path of the project file.</param>
    /// <param name="settingsFiles">Names of the project's settings files.</param>
    public static MatrixAdditions Frame(EnvironmentMatrix matrix, string root, string projectPath, IEnumerable<string> settingsFiles)
    {
        string directory = Path.GetDirectoryName(projectPath)!;
        string project = Path.GetRelativePath(root, projectPath).Replace('\\', '/');
        ImmutableArray<string> names = [.. new[] { "Development", "Production" }.Concat(settingsFiles.Select(SettingsFileName.EnvironmentOf).OfType<string>()).Where(IsName).Distinct(StringComparer.OrdinalIgnoreCase)];
        var environments = ImmutableArray.CreateBuilder<MatrixEnvironment>();
        // A matrix that people have given environments knows them; new ones are told and not guessed into it.
        bool isNew = matrix.Environments.IsEmpty || matrix.Keys.All(static row => row.Inferred);
        foreach (string name in names)
        {
            if (isNew && !matrix.Environments.Any(known => known.DotNetName.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                environments.Add(new MatrixEnvironment(ShortName(name), name, NetworkKind.Host, Nowhere));
            }
        }

        if (matrix.Apps.Any(app => app.Project == project))
        {
            return new MatrixAdditions { Environments = environments.ToImmutable() };
        }

        var sources = ImmutableDictionary.CreateBuilder<string, ImmutableArray<MatrixSource>>(StringComparer.Ordinal);
        string developers = matrix.Environments.Concat(environments).FirstOrDefault(static environment => environment is { DotNetName: "Development", Network: NetworkKind.Host })?.Name ?? "";
        if (developers.Length > 0 && File.Exists(Path.Combine(directory, "Properties", "launchSettings.json")))
        {
            sources.Add(developers, [new MatrixSource("launchSettings", [], "", Nowhere)]);
        }

        // The app host starts an application with the variables of its launch profile and sets its own after them.
        if (developers.Length > 0 && InferredSources.AppHost(root, projectPath) is { } host)
        {
            sources[developers] = [.. sources.GetValueOrDefault(developers, []), host];
        }

        if (InferredSources.Compose(root, project) is { } compose)
        {
            MatrixEnvironment? container = matrix.Environments.FirstOrDefault(static environment => environment.Network == NetworkKind.Compose);
            if (container is null && isNew)
            {
                container = new MatrixEnvironment("compose", compose.Environment, NetworkKind.Compose, Nowhere);
                environments.Add(container);
            }

            if (container is not null)
            {
                sources.Add(container.Name, [compose.Source]);
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

using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3001: the code reads a key that the matrix does not declare.</summary>
public static class KeyNotDeclared
{
    /// <summary>Judges every read of the application's own code; one finding a key, at its first place.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        foreach (IGrouping<string, ConfigurationRead> reads in Undeclared(app))
        {
            ConfigurationRead shown = reads.OrderBy(static read => read.Location is null).ThenBy(static read => read.Generated).First();
            MatrixKey row = RowFor(app, [.. reads]);
            string text = MatrixText.Row(row, app.Facts.Matrix.Environments);
            string file = Path.GetFileName(app.Facts.Matrix.File);
            if (app.Facts.Matrix.Keys.FirstOrDefault(other => !other.Apps.IsEmpty && !other.Apps.Contains(app.Name) && JudgedApp.Declares(other, shown)) is { } others)
            {
                yield return new Finding(
                    RuleCatalog.KeyNotDeclared,
                    shown.Location ?? others.Location,
                    $"{Where(shown)} reads '{reads.Key}', which {file} declares for {string.Join(", ", others.Apps)} and not for {app.Name}.",
                    "Nobody has said where each environment has it from, so some environment may lack it.",
                    $"Add \"{app.Name}\" to \"apps\" of \"{others.Key}\" in {file}, line {others.Location.Line}.")
                {
                    Subject = $"{app.Name} {reads.Key}",
                };
                continue;
            }

            yield return new Finding(
                RuleCatalog.KeyNotDeclared,
                shown.Location ?? new SourceLocation(app.Facts.Matrix.File),
                $"{Where(shown)} reads {(shown.Kind == ReadKind.EnvironmentVariable ? "the environment variable " : "")}'{reads.Key}', which {file} does not declare.",
                "Nobody has said where each environment has it from, so some environment may lack it.",
                $"Insert into \"keys\" of {file}: {text}")
            {
                Subject = $"{app.Name} {reads.Key}",
                Edits = MatrixText.Insert(app.Facts.Matrix, row.Key, text) is { } edit ? [edit] : [],
            };
        }
    }

    /// <summary>The reads that no row declares, by key, in the order of keys.</summary>
    public static IEnumerable<IGrouping<string, ConfigurationRead>> Undeclared(JudgedApp app) => app.Reads.Concat(app.Variables)
        .Where(read => !app.IsDeclared(read) && !IsGuarded(app, read))
        .GroupBy(static read => read.Key, StringComparer.OrdinalIgnoreCase)
        .OrderBy(static reads => reads.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The row that declares what some reads of one key ask for.</summary>
    public static MatrixKey RowFor(JudgedApp app, ImmutableArray<ConfigurationRead> reads) => DeclaredRow.For(app.Facts.Matrix, OnlyFor(app.Facts), reads);

    /// <summary>Whom a new row holds for: of several applications the one that reads it, so that what others are given and never read is still told.</summary>
    public static ImmutableArray<string> OnlyFor(AppConfiguration facts) => DeclaredRow.OnlyFor(facts.Matrix, facts.App);

    // The question whether a section is there, and the section itself, are answered by the declarations of what is read from it.
    private static bool IsGuarded(JudgedApp app, ConfigurationRead read) =>
        (read.Kind is ReadKind.Exists or ReadKind.Section || read.Type is ConfigurationValueType.Object or ConfigurationValueType.Array)
        && app.Reads.Any(other => !ReferenceEquals(other, read) && other.Kind is not (ReadKind.Exists or ReadKind.Section) && (KeyPattern.IsBelow(other.Key, read.Key) || (read.Kind == ReadKind.Exists && other.Key.Equals(read.Key, StringComparison.OrdinalIgnoreCase))));

    private static string Where(ConfigurationRead read) => read.Member.Length > 0 ? read.Member : read.Assembly.Length > 0 ? read.Assembly : "The code";
}

using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>The row that a new key gets. The build and the analyzer in an editor write the same one.</summary>
internal static class DeclaredRow
{
    /// <summary>The row that declares what some reads of one key ask for.</summary>
    /// <param name="matrix">The matrix it is for.</param>
    /// <param name="apps">The applications it holds for; empty for all.</param>
    /// <param name="reads">The reads, one at least.</param>
    public static MatrixKey For(EnvironmentMatrix matrix, ImmutableArray<string> apps, ImmutableArray<ConfigurationRead> reads)
    {
        ConfigurationRead typed = reads.OrderByDescending(static read => read.Type != ConfigurationValueType.String).First();
        bool open = reads.Any(static read => read.WholeSection);
        bool optional = reads.All(static read => read.Requirement != Requirement.Required || read.Kind == ReadKind.Exists);
        ConfigurationValueType type = open && typed.Type == ConfigurationValueType.String ? ConfigurationValueType.Object : typed.Type;
        string key = typed.Key;
        return new MatrixKey(key, new SourceLocation(matrix.File))
        {
            Apps = apps,
            Type = type,
            EnumMembers = type == ConfigurationValueType.Enum ? typed.EnumMembers : [],
            Secret = type == ConfigurationValueType.ConnectionString || (type == ConfigurationValueType.String && SecretNames.Has(key)),
            Cells = optional
                ? matrix.Environments.ToImmutableDictionary(static environment => environment.Name, environment => new MatrixCell(Presence.Optional, "any", new SourceLocation(matrix.File)))
                : ImmutableDictionary<string, MatrixCell>.Empty,
        };
    }

    /// <summary>Whom a new row holds for: of several applications the one that reads it, so that what others are given and never read is still told.</summary>
    public static ImmutableArray<string> OnlyFor(EnvironmentMatrix matrix, MatrixApp app) => matrix.Apps.Length > 1 ? [app.Name] : [];
}

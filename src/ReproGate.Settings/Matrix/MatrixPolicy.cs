using ReproGate.Facts;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Matrix;

/// <summary>What a matrix demands, as statements that two states can be compared by (RGATE0020).</summary>
public static class MatrixPolicy
{
    /// <summary>Its statements; null where the file is malformed.</summary>
    /// <param name="file">The file relative to the root, with <c>/</c>.</param>
    /// <param name="content">Its content.</param>
    public static IReadOnlyList<PolicyStatement>? Read(string file, ReadOnlySpan<byte> content) =>
        MatrixReader.Parse(file, content, out _) is { } matrix ? [.. Statements(file, matrix)] : null;

    private static IEnumerable<PolicyStatement> Statements(string file, EnvironmentMatrix matrix)
    {
        foreach (MatrixEnvironment environment in matrix.Environments)
        {
            yield return At(PolicyKind.MatrixPart, $"environment {environment.Name}", 0, $"declares the environment {environment.Name}", environment.Location);
        }

        foreach (MatrixApp app in matrix.Apps)
        {
            yield return At(PolicyKind.MatrixPart, $"application {app.Name}", 0, $"declares the application {app.Name}", app.Location);
        }

        foreach (MatrixKey key in matrix.Keys)
        {
            // The same key may have a row for some applications and another for others.
            string subject = key.Apps.IsEmpty ? key.Key : $"{key.Key} of {string.Join(", ", key.Apps.Order(StringComparer.Ordinal))}";
            yield return At(PolicyKind.MatrixCell, $"{subject}: secret", key.Secret ? 0 : 1, $"no longer marks {subject} as secret", key.Location);
            yield return At(PolicyKind.MatrixCell, $"{subject}: public", key.Public ? 1 : 0, $"lets clients see {subject}", key.Location);
            foreach (MatrixEnvironment environment in matrix.Environments)
            {
                MatrixCell? cell = key.Cells.GetValueOrDefault(environment.Name);
                bool demanded = cell is null || cell.Presence == Presence.Required;
                yield return At(PolicyKind.MatrixCell, $"{subject} in {environment.Name}", demanded ? 0 : 1, $"no longer demands {subject} in {environment.Name}", cell?.Location ?? key.Location);
            }
        }

        PolicyStatement At(PolicyKind kind, string subject, int looseness, string text, SourceLocation location) =>
            new(kind, file, subject, looseness, text, location.Line, Math.Max(1, location.Column));
    }
}

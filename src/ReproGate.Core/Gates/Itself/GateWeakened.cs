using ReproGate.Facts;

namespace ReproGate.Gates.Itself;

/// <summary>RGATE0020: a change loosens the gate that judges it.</summary>
/// <remarks>
/// What moves is no weakening: a statement counts as known where the base says it in the same folder or one above, or in a file of the same name
/// that the change took away. What the base held counts as lost only where the thing it held for is still there.
/// </remarks>
public static class GateWeakened
{
    /// <summary>Compares two states.</summary>
    /// <param name="before">The base commit.</param>
    /// <param name="now">The state that is judged.</param>
    /// <param name="root">Absolute path of the repository.</param>
    /// <param name="baseName">The base as the user named it, for texts.</param>
    /// <param name="continuousIntegration">In CI it is an error: there nobody can ask the author.</param>
    public static IEnumerable<Finding> Check(GatePolicy before, GatePolicy now, string root, string baseName, bool continuousIntegration)
    {
        foreach (PolicyStatement statement in now.Statements.Where(statement => !Holds(statement.Kind) && IsLooser(statement, before, now)))
        {
            yield return Tell(
                statement.File,
                statement.Line,
                statement.Column,
                statement.Subject,
                $"{statement.File} {statement.Text}, which {baseName} does not.",
                statement.Kind is PolicyKind.AcceptedFinding or PolicyKind.AllowedInput
                    ? "An exception that comes with the change it excuses has been agreed by nobody else."
                    : "A change that loosens the gate that judges it passes whatever else is in it.",
                $"Take this line back and mend what the gate says: git diff {baseName} -- \"{statement.File}\" shows it. If it is wanted, have it merged by itself, by whoever answers for the gates.");
        }

        foreach (PolicyStatement statement in before.Statements.Where(statement => Holds(statement.Kind) && IsLost(statement, before, now)))
        {
            bool deleted = !now.Files.Contains(statement.File);
            yield return Tell(
                statement.File,
                0,
                0,
                statement.Subject,
                deleted ? $"{statement.File} is gone, which {statement.Text} at {baseName}." : $"{statement.File} no longer {statement.Text}, as it does at {baseName}.",
                "What it held is judged by nobody from here on, and no build says so.",
                $"Put it back: git checkout {baseName} -- \"{statement.File}\". If it is wanted, have it merged by itself, by whoever answers for the gates.",
                $"git checkout {baseName} -- \"{statement.File}\"");
        }

        Finding Tell(string file, int line, int column, string subject, string what, string why, string fix, string? command = null) =>
            new(RuleCatalog.GateWeakened, new SourceLocation(Path.Combine(root, file.Replace('/', Path.DirectorySeparatorChar)), line, column), what, why, fix)
            {
                Subject = subject,
                Command = command,
                DefaultSeverity = continuousIntegration ? Severity.Error : null,
            };
    }

    private static bool Holds(PolicyKind kind) => kind is PolicyKind.SdkReference or PolicyKind.LockFile or PolicyKind.ReproGateFile or PolicyKind.MatrixPart;

    private static bool IsLooser(PolicyStatement statement, GatePolicy before, GatePolicy now)
    {
        PolicyStatement[] same = [.. before.Statements.Where(old => old.Kind == statement.Kind && old.Subject.Equals(statement.Subject, StringComparison.OrdinalIgnoreCase))];
        if (statement.Kind == PolicyKind.MatrixCell)
        {
            // A key that is new is stricter than none.
            return same.Length > 0 && same.Max(static old => old.Looseness) < statement.Looseness;
        }

        return !same.Any(old => old.Looseness >= statement.Looseness && (Covers(old.File, statement.File) || IsMoved(old.File, statement.File, now)));
    }

    private static bool IsLost(PolicyStatement statement, GatePolicy before, GatePolicy now)
    {
        PolicyStatement[] same = [.. now.Statements.Where(other => other.Kind == statement.Kind && other.Subject.Equals(statement.Subject, StringComparison.OrdinalIgnoreCase))];
        switch (statement.Kind)
        {
            case PolicyKind.SdkReference:
                // Referenced above or in a moved file, or what referenced it has gone as a whole.
                return !same.Any(other => Covers(other.File, statement.File) || IsMoved(statement.File, other.File, now)) && AnyProjectBelow(statement.File, before, now);
            case PolicyKind.LockFile:
                return same.Length == 0 && AnyProjectBeside(statement.File, now);
            case PolicyKind.MatrixPart:
                return same.Length == 0 && now.Files.Contains(statement.File);
            default:
                return same.Length == 0;
        }
    }

    /// <summary>Whether what one file says is heard in the other: same file, or a folder above.</summary>
    private static bool Covers(string above, string below) => above == below || (Folder(below).StartsWith(Folder(above), StringComparison.Ordinal) && !IsProject(above));

    private static bool IsMoved(string from, string to, GatePolicy now) => !now.Files.Contains(from) && Name(from) == Name(to);

    private static bool AnyProjectBeside(string file, GatePolicy policy) => policy.Files.Any(path => IsProject(path) && Folder(path) == Folder(file));

    /// <summary>For a project: it is still there. For a shared file: some project that heard it is still there.</summary>
    private static bool AnyProjectBelow(string file, GatePolicy before, GatePolicy now) => IsProject(file)
        ? now.Files.Contains(file)
        : before.Files.Any(path => IsProject(path) && Folder(path).StartsWith(Folder(file), StringComparison.Ordinal) && now.Files.Contains(path));

    private static bool IsProject(string path) => Path.GetExtension(path) is ".csproj" or ".fsproj" or ".vbproj";

    private static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];
}

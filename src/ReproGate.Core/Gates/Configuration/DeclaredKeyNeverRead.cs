using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3006: a declared key that the application never reads.</summary>
public static class DeclaredKeyNeverRead
{
    /// <summary>Judges the rows that name the application, or hold for all where there is only one.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        if (app.ReadsAnything)
        {
            yield break;
        }

        string file = Path.GetFileName(app.Facts.Matrix.File);
        foreach (MatrixKey row in app.Rows)
        {
            // A row for all applications may be read by another one.
            if (row.BuildPhase || (row.Apps.IsEmpty && app.Facts.Matrix.Apps.Length > 1) || row.ReadBy.Length > 0 || HostKeys.Has(row.Key) || IsRead(app, row))
            {
                continue;
            }

            yield return new Finding(
                RuleCatalog.DeclaredKeyNeverRead,
                row.Location,
                $"{file} declares '{row.Key}'{(row.Apps.IsEmpty ? "" : $" for {app.Name}")}, and nothing in {app.Name} reads it.",
                "People provide in every environment what nothing uses, and believe that it has an effect.",
                row.Apps.Length > 1 ? $"Take \"{app.Name}\" out of its \"apps\", or correct the key's name." : "Delete the row, or correct the key's name.")
            {
                Subject = $"{app.Name} {row.Key}",
                // Taking one application out of several changes a list; that, or whether the name is wrong, a person says.
                Edits = row.Apps.Length <= 1 && row.LastOwnLine > 0 ? [new TextEdit(row.Location.File, row.Location.Line, 1, row.LastOwnLine + 1, 1, "")] : [],
            };
        }
    }

    private static bool IsRead(JudgedApp app, MatrixKey row) =>
        app.IsRead(row.Key)
        || app.Facts.Code.Reads.Any(read => JudgedApp.Declares(row, read) || (KeyPattern.IsPattern(row.Key) && KeyPattern.Overlaps(row.Key, read.Key)))
        || app.Facts.Code.Unresolved.Any(read => read.Pattern is { } pattern && KeyPattern.Overlaps(row.Key, pattern));
}

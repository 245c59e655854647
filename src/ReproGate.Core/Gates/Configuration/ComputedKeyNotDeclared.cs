using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3009: a key is computed when the application runs, and no declared pattern stands for it.</summary>
public static class ComputedKeyNotDeclared
{
    /// <summary>Judges every read whose key could not be found out.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        string file = Path.GetFileName(app.Facts.Matrix.File);
        foreach (UnresolvedRead read in app.Facts.Code.Unresolved)
        {
            if (app.RowReadBy(read) is not null || (read.Pattern is { } known && (HostKeys.Has(known) || app.Rows.Any(row => JudgedApp.Covers(row, known) || KeyPattern.Overlaps(row.Key, known)))))
            {
                continue;
            }

            string member = read.Member.Length > 0 ? read.Member : read.Assembly;
            string row = read.Pattern is { Length: > 0 } pattern && pattern.Split(':').Any(static segment => segment is not ("*" or "**"))
                ? MatrixText.Row(new MatrixKey(pattern, new SourceLocation(app.Facts.Matrix.File)) { Type = ConfigurationValueType.String }, [])
                : MatrixText.Row(new MatrixKey("Section:*", new SourceLocation(app.Facts.Matrix.File)) { Type = ConfigurationValueType.String, ReadBy = member }, []);
            yield return new Finding(
                RuleCatalog.ComputedKeyNotDeclared,
                read.Location ?? new SourceLocation(app.Facts.Matrix.File),
                $"{member} reads a key that is computed when it runs{(read.Expression.Length > 0 ? $" ({read.Expression})" : "")}: {(read.Reason.Length > 0 ? read.Reason : "its parts are not known")}.",
                "Which keys these are nobody can tell from the code, so no environment can be checked for them.",
                read.Pattern is { Length: > 0 }
                    ? $"Declare the pattern in \"keys\" of {file}: {row}"
                    : $"Declare the pattern it follows in \"keys\" of {file}, with the member that reads it: {row}")
            {
                Subject = $"{app.Name} {member} {read.Pattern}",
                Edits = read.Pattern is { Length: > 0 } && row.StartsWith($"\"{read.Pattern}\"", StringComparison.Ordinal) && MatrixText.Insert(app.Facts.Matrix, read.Pattern, row) is { } edit ? [edit] : [],
            };
        }
    }
}

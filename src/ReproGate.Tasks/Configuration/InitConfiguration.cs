using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Itself;
using ReproGate.Repository;
using ReproGate.Settings.Matrix;

namespace ReproGate.Tasks.Configuration;

/// <summary>Writes the environment matrix from what the repository shows, or adds to it; never takes anything away.</summary>
public sealed class InitConfiguration : ConfigurationTask
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Where the schema of the matrix is put for editors.</summary>
    [Required]
    public string SchemaFile { get; set; } = "";

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        var findings = new List<Finding>();
        if (ReadCode(findings) is not { } code)
        {
            return findings;
        }

        if (code.Host.Kind == HostKind.None && code.Reads.IsEmpty && SettingsFiles().IsEmpty && !File.Exists(MatrixFile))
        {
            Log.LogMessage(MessageImportance.High, "{0} has no configuration.", AssemblyName);
            return findings;
        }

        // The projects of a solution are built at once, by several processes, and share the file.
        using var mutex = new Mutex(initiallyOwned: false, $"ReproGate.Init.{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(MatrixFile)))[..24]}");
        bool owned = false;
        try
        {
            try
            {
                owned = mutex.WaitOne(Patience);
            }
            catch (AbandonedMutexException)
            {
                // Its owner was killed; the file itself is always whole.
                owned = true;
            }

            findings.AddRange(owned ? Write(code) : [CouldNotRun("init", $"{MatrixFile} is being written by another build", "Run it again.")]);
            return findings;
        }
        finally
        {
            if (owned)
            {
                mutex.ReleaseMutex();
            }
        }
    }

    private IEnumerable<Finding> Write(ExecutableConfiguration code)
    {
        string before = File.Exists(MatrixFile) ? File.ReadAllText(MatrixFile) : "";
        string schema = $"./{Path.GetRelativePath(Path.GetDirectoryName(MatrixFile)!, SchemaFile).Replace('\\', '/')}";
        string text = before.Length > 0 ? before : MatrixWriter.Empty(schema);
        if (MatrixReader.Parse(MatrixFile, Encoding.UTF8.GetBytes(text), out MalformedFile? malformed) is not { } matrix)
        {
            return [ReproGateFileMalformed.CheckMatrix(malformed!)];
        }

        MatrixAdditions frame = MatrixInit.Frame(matrix, RepositoryRoot, ProjectPath, SettingsFiles().Select(static file => Path.GetFileName(file.Path)));
        text = MatrixWriter.Add(MatrixFile, text, frame);
        matrix = MatrixReader.Parse(MatrixFile, Encoding.UTF8.GetBytes(text), out _)!;
        ImmutableArray<MatrixKey> rows = MatrixInit.Rows(ReadProviders(matrix, AppOf(matrix)!, code));
        text = MatrixWriter.Add(MatrixFile, text, new MatrixAdditions { Keys = rows });
        AtomicFile.WriteAllBytesIfDifferent(SchemaFile, MatrixSchema.Read());
        if (text == before)
        {
            Log.LogMessage(MessageImportance.High, "{0}: {1} has everything that {2} needs.", AssemblyName, Path.GetFileName(MatrixFile), AssemblyName);
            Tell(frame.Notes);
            return [];
        }

        AtomicFile.WriteAllText(MatrixFile, text);
        Log.LogMessage(MessageImportance.High, "{0}: {1} {2}, {3} environments, {4} apps and {5} keys inferred.", AssemblyName, Path.GetFileName(MatrixFile), before.Length > 0 ? "added to" : "written", frame.Environments.Length, frame.Apps.Length, rows.Length);
        foreach (MatrixKey row in rows)
        {
            string unconfirmed = string.Join(", ", row.Cells.Where(static cell => cell.Value.Source == MatrixText.Unconfirmed).Select(static cell => cell.Key).Order(StringComparer.Ordinal));
            Log.LogMessage(MessageImportance.High, "  {0}{1}", MatrixText.Row(row, matrix.Environments), unconfirmed.Length > 0 ? $"   <- nothing in the repository gives it in {unconfirmed}" : "");
        }

        Tell(frame.Notes);
        return [];
    }

    private void Tell(ImmutableArray<string> notes)
    {
        foreach (string note in notes)
        {
            Log.LogMessage(MessageImportance.High, "  {0}, not certain: {1}.", AssemblyName, note);
        }
    }
}

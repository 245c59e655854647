using System.Text;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Gates.Itself;
using ReproGate.Repository;
using ReproGate.Settings.Matrix;

namespace ReproGate.Tasks.Configuration;

/// <summary>Judges the configuration of an executable against the environment matrix.</summary>
public sealed class CheckConfiguration : ConfigurationTask
{
    private bool _settled = true;

    /// <summary>The file that tells the next build which files this check looked at, and by globs which new ones it would look at.</summary>
    public string FilesFile { get; set; } = "";

    /// <summary>Where the schema of the matrix is put for editors; empty to leave it.</summary>
    public string SchemaFile { get; set; } = "";

    /// <summary>False where a file was written while it was looked at: its time is then not the one of what was judged.</summary>
    protected internal override bool IsSettled => _settled;

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        DateTime started = DateTime.UtcNow;
        var findings = new List<Finding>();
        if (ReadMatrix(findings) is not { } matrix)
        {
            return findings;
        }

        WriteSchema();
        if (AppOf(matrix) is not { } app)
        {
            Log.LogMessage(Microsoft.Build.Framework.MessageImportance.Low, "{0} is no app of {1}.", RelativeProject, MatrixFile);
            return findings;
        }

        if (ReadCode(findings) is not { } code)
        {
            return findings;
        }

        AppConfiguration facts = ReadProviders(matrix, app, code);
        WriteFiles(started);
        if (!code.Unread.IsEmpty)
        {
            findings.Add(CouldNotRun("unread", $"parts of its code could not be read, so RGATE3005 and RGATE3006 did not run and others saw only the rest: {code.Unread[0]}", "Build it anew; where a tool alters an assembly (an obfuscator), let that tool run after the compiler's target."));
        }

        foreach (SettingsFault fault in facts.Environments.SelectMany(static environment => environment.Set.Faults).Distinct())
        {
            findings.Add(fault.Kind == SettingsFaultKind.NotRead
                ? CouldNotRun($"{fault.Location.File} {fault.Location.Line}", $"{fault.Problem}", "Write it in a form that can be read, or declare the source as external.") with { Location = fault.Location }
                : ReproGateFileMalformed.CheckSettings(fault));
        }

        findings.AddRange(ConfigurationGate.Check(facts));
        return JudgedFinding.Distinct(findings);
    }

    private void WriteSchema()
    {
        if (SchemaFile.Length > 0)
        {
            try
            {
                AtomicFile.WriteAllBytesIfDifferent(SchemaFile, MatrixSchema.Read());
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Only editors miss it.
                Log.LogMessage(Microsoft.Build.Framework.MessageImportance.Low, "{0} was not written: {1}", SchemaFile, exception.Message);
            }
        }
    }

    private void WriteFiles(DateTime started)
    {
        // A settings file that an environment has none of yet counts when it appears.
        IEnumerable<string> globs =
        [
            Escape(ProjectDirectory) + "/*.json",
            Escape(ProjectDirectory) + "/wwwroot/appsettings*.json",
            Escape(ProjectDirectory) + "/Properties/launchSettings.json",
            .. Reader.Listed.Select(static folder => Escape(folder) + "/*"),
        ];
        _settled = Reader.LookedAt.All(file => File.GetLastWriteTimeUtc(file) < started);
        AtomicFile.WriteAllBytesIfDifferent(FilesFile, Encoding.UTF8.GetBytes(string.Join(';', Reader.LookedAt.Select(Escape).Concat(globs))));
    }

    // MSBuild unescapes the list as a whole, which leaves the globs, and then each path.
    private static string Escape(string path) => string.Concat(path.Select(static letter => letter is (char)0x25 or (char)0x3B or (char)0x2A or (char)0x3F or (char)0x24 or (char)0x40 or (char)0x28 or (char)0x29 or (char)0x27 ? $"%25{(int)letter:X2}" : letter.ToString()));
}

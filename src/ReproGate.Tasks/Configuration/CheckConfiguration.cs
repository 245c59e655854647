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
    /// <summary>The file that tells the next build which files this check looked at.</summary>
    public string InputsFile { get; set; } = "";

    /// <summary>Where the schema of the matrix is put for editors; empty to leave it.</summary>
    public string SchemaFile { get; set; } = "";

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
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
        WriteInputs(facts);
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

    private void WriteInputs(AppConfiguration facts)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (AppEnvironment environment in facts.Environments)
        {
            ProviderSet set = environment.Set;
            foreach (ProviderFacts provider in set.Providers.Concat(set.Variables).Concat(set.BuildArguments))
            {
                files.Add(provider.File);
                files.UnionWith(provider.Keys.Select(static key => key.Location.File));
            }

            files.UnionWith(set.Interpolations.Select(static variable => variable.File));
            files.UnionWith(set.Interpolations.Select(static variable => Path.Combine(Path.GetDirectoryName(variable.File) ?? "", ".env")));
            files.UnionWith(set.Network.Published.Select(static port => port.Location.File));
            files.UnionWith(set.Network.Declared.Select(static port => port.Location.File));
            files.UnionWith(set.Network.Hosts.Select(static host => host.Location.File));
            files.UnionWith(set.Faults.Select(static fault => fault.Location.File));
        }

        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (MatrixSource source in facts.App.Sources.Values.SelectMany(static sources => sources))
        {
            foreach (string path in source.Kind == "external" ? [] : source.Files.Select(file => Path.GetFullPath(Path.Combine(RepositoryRoot, file))))
            {
                if (Directory.Exists(path))
                {
                    folders.Add(path);
                }
                else
                {
                    files.Add(path);
                }
            }
        }

        var text = new StringBuilder();
        foreach (string file in files.Where(static file => Path.IsPathFullyQualified(file)))
        {
            text.Append(Escape(file)).Append('\n');
        }

        foreach (string folder in folders)
        {
            text.Append(Escape(folder)).Append("/**/*.y*ml\n");
        }

        AtomicFile.WriteAllBytesIfDifferent(InputsFile, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Escape(string path) => string.Concat(path.Select(static letter => letter is (char)0x25 or (char)0x3B or (char)0x2A or (char)0x3F or (char)0x24 or (char)0x40 or (char)0x28 or (char)0x29 or (char)0x27 ? $"%{(int)letter:X2}" : letter.ToString()));
}

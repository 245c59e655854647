using ReproGate.Repository;

namespace ReproGate.Tasks.Logging;

/// <summary>
/// The files a check leaves in the project's intermediate folder. A stamp is called <c>&lt;scope&gt;.&lt;hash of the inputs&gt;.ok</c>;
/// the scope is the check and the target framework.
/// </summary>
internal sealed class GateState
{
    // A restore, a build and each configuration may have inputs, and so stamps, of their own.
    private const int KeptStamps = 8;

    private readonly string _directory;
    private readonly string _stamp;

    public GateState(string intermediateDirectory, string stamp, string fallbackScope, string targetFramework)
    {
        _directory = intermediateDirectory;
        _stamp = stamp;
        string[] parts = Path.GetFileName(stamp).Split('.');
        Scope = stamp.Length > 0 && parts.Length > 2 ? string.Join('.', parts[..^2]) : fallbackScope;
        Check = Scope.Split('.')[0];
        TargetFramework = targetFramework;
    }

    /// <summary>The check and what it was run for, for example <c>declared.net10.0</c>.</summary>
    public string Scope { get; }

    /// <summary>The check, for example <c>declared</c>.</summary>
    public string Check { get; }

    public string TargetFramework { get; }

    /// <summary>The check's part of the SARIF file; there is none where it found nothing.</summary>
    public string PartFile => Path.Combine(_directory, Scope + SarifFolder.PartExtension);

    /// <summary>Writes the stamp with the warnings that stand, and drops the oldest stamps of the same scope.</summary>
    public void WriteStamp(IEnumerable<string> warnings)
    {
        if (_stamp.Length == 0)
        {
            return;
        }

        AtomicFile.WriteAllText(_stamp, string.Concat(warnings.Select(static line => line + "\n")));
        foreach (FileInfo old in Stamps(_directory, Scope).OrderByDescending(static file => file.LastWriteTimeUtc).Skip(KeptStamps))
        {
            old.Delete();
            // What a check keeps beside its stamp.
            File.Delete(old.FullName + ".files");
            File.Delete(old.FullName + ".texts");
            File.Delete(old.FullName + ".times");
        }
    }

    /// <summary>Drops every stamp of the scope: what they stand for is no longer what the report says, so the next build judges anew.</summary>
    public void DropStamps() => DropStamps(_directory, Scope);

    /// <summary>Drops every stamp of a scope.</summary>
    public static void DropStamps(string directory, string scope)
    {
        foreach (FileInfo stamp in Stamps(directory, scope))
        {
            stamp.Delete();
        }

        DropGuards(directory);
    }

    /// <summary>Drops what stands for all checks of a phase (ReproGate.Guard.targets): the next build looks at each stamp again.</summary>
    public static void DropGuards(string directory)
    {
        if (Directory.Exists(directory))
        {
            foreach (string guard in Directory.EnumerateFiles(directory, "*.guard"))
            {
                File.Delete(guard);
            }
        }
    }

    /// <summary>
    /// Remembers which warnings a restore told, so that the build behind it (<c>dotnet build</c> is restore and build) does not tell them again.
    /// </summary>
    public void WriteTold(IReadOnlyCollection<string> warnings)
    {
        string told = ToldFile(TargetFramework);
        if (warnings.Count > 0)
        {
            AtomicFile.WriteAllText(told, string.Concat(warnings.Select(static line => line + "\n")));
        }
        else
        {
            File.Delete(told);
        }
    }

    /// <summary>
    /// The warnings the restore before this build has told, once: a later build without restore tells them again.
    /// ReproGate.Reporting.targets does the same with MSBuild's own tasks where the check itself is up to date.
    /// </summary>
    public HashSet<string> TakeTold()
    {
        string[] files = [ToldFile(TargetFramework), ToldFile("")];
        string session = string.Join('.', files.Select(static file => File.GetLastWriteTime(file).Ticks));
        string mark = Path.Combine(_directory, $"{Check}.{TargetFramework}.heard");
        if (!Array.Exists(files, File.Exists) || (File.Exists(mark) && File.ReadAllText(mark).Trim() == session))
        {
            return [];
        }

        AtomicFile.WriteAllText(mark, session);
        return [.. files.Where(File.Exists).SelectMany(File.ReadAllLines)];
    }

    private string ToldFile(string targetFramework) => Path.Combine(_directory, $"{Check}.{targetFramework}.told");

    // The pattern's star would also match a scope that begins alike; a hash holds no dot.
    private static IEnumerable<FileInfo> Stamps(string directory, string scope) =>
        Directory.Exists(directory)
            ? new DirectoryInfo(directory).EnumerateFiles(scope + ".*.ok").Where(file => !file.Name[(scope.Length + 1)..^".ok".Length].Contains('.', StringComparison.Ordinal))
            : [];
}

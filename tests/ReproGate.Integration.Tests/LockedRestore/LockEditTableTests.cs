using System.Runtime.InteropServices;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

/// <summary>Runs the table once with NuGet alone and once through the packed package: one process for each step, all rows at once.</summary>
public sealed class LockEditRuns : IDisposable
{
    private readonly TestRepository _plain = TestRepository.Create(gate: false, git: false);
    private readonly TestRepository _gated = TestRepository.Create();
    private readonly List<(string Path, string Content)> _locks = [];

    public LockEditRuns()
    {
        NuGetOutput = RunPlain();
        GateOutput = RunGated();
    }

    /// <summary>NuGet's restore in locked mode after the edits.</summary>
    public ProcessResult NuGetOutput { get; }

    /// <summary>The gate's check of every project after the edits, as restore runs it.</summary>
    public ProcessResult GateOutput { get; }

    public static string FolderOf(int row) => $"row{row:D2}";

    public void Dispose()
    {
        _plain.Dispose();
        _gated.Dispose();
    }

    private ProcessResult RunPlain()
    {
        Prepare(_plain);
        Arrange(_plain);
        Restore(_plain, "restore", "all.proj", "-p:RestoreForceEvaluate=true", "-m:1");
        _locks.AddRange(ReadLocks(_plain));
        Edit(_plain);
        // A fresh clone: no obj, so that NuGet cannot take the restore for done.
        foreach (string obj in Directory.GetDirectories(_plain.Root, "obj", SearchOption.AllDirectories))
        {
            Directory.Delete(obj, recursive: true);
        }

        return _plain.Dotnet("restore", "all.proj", "-p:RestoreLockedMode=true", "-m:1");
    }

    private ProcessResult RunGated()
    {
        Prepare(_gated);
        Arrange(_gated);
        foreach ((string path, string content) in _locks)
        {
            _gated.Write(path, content);
        }

        Edit(_gated);
        _gated.Commit();
        return _gated.Dotnet("msbuild", "all.proj", "-t:Check", "-m:1");
    }

    private static void Prepare(TestRepository repository)
    {
        foreach (string version in (string[])["1.0.0", "1.1.0", "2.0.0"])
        {
            PackageFixture.Create(repository.Feed, "Acme.Core", version);
            PackageFixture.Create(repository.Feed, "Acme.Json", version, [$"Acme.Core/{version}"]);
        }

        PackageFixture.Create(repository.Feed, "Acme.Log", "1.0.0");
        PackageFixture.Create(repository.Feed, "System.Text.Json", "8.0.0");
        PackageFixture.Create(repository.Feed, "NETStandard.Library", "2.0.3");
        string dotnet = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        foreach (string package in Directory.GetFiles(Path.Combine(dotnet, "sdk"), "FSharp.Core.*.nupkg", SearchOption.AllDirectories))
        {
            File.Copy(package, Path.Combine(repository.Feed, Path.GetFileName(package)), overwrite: true);
        }

        repository.Write("Directory.Build.targets", """
            <Project>
              <PropertyGroup>
                <RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>
                <UseAppHost>false</UseAppHost>
                <EnableAppHostPackDownload>false</EnableAppHostPackDownload>
                <EnableRuntimePackDownload>false</EnableRuntimePackDownload>
                <EnableTargetingPackDownload>false</EnableTargetingPackDownload>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
                <CheckEolTargetFramework>false</CheckEolTargetFramework>
              </PropertyGroup>
            </Project>
            """);
        repository.Write("all.proj", """
            <Project>
              <ItemGroup>
                <Project Include="row*/**/*.*proj" />
              </ItemGroup>
              <Target Name="Restore">
                <!-- One restore a project: a solution's restore stops at the first project that fails before NuGet starts. -->
                <MSBuild Projects="@(Project)" Targets="Restore" Properties="RestoreRecursive=true;MSBuildRestoreSessionId=table" ContinueOnError="ErrorAndContinue" BuildInParallel="true" />
              </Target>
              <Target Name="Check">
                <MSBuild Projects="@(Project)" Targets="ReproGateDeclareRestore" Properties="MSBuildIsRestoring=true;ExcludeRestorePackageImports=true" ContinueOnError="ErrorAndContinue" />
              </Target>
            </Project>
            """);
    }

    private static void Arrange(TestRepository repository) => ForEach(repository, static (edit, files) => edit.Arrange(files));

    private static void Edit(TestRepository repository) => ForEach(repository, static (edit, files) => edit.Edit(files));

    private static void ForEach(TestRepository repository, Action<LockEdit, LockEditFiles> act)
    {
        foreach ((LockEdit edit, int row) in LockEdits.All.Select(static (edit, row) => (edit, row)))
        {
            act(edit, new LockEditFiles(repository, FolderOf(row)));
        }
    }

    private static void Restore(TestRepository repository, params string[] arguments)
    {
        ProcessResult result = repository.Dotnet(arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString());
        }
    }

    private static IEnumerable<(string Path, string Content)> ReadLocks(TestRepository repository) => Directory
        .GetFiles(repository.Root, "*.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(repository.Root, path))
        .Where(static path => path.StartsWith("row", StringComparison.Ordinal) && path.Contains("lock", StringComparison.Ordinal) && !path.Split(Path.DirectorySeparatorChar).Contains("obj"))
        .Select(path => (path, repository.Read(path)));
}

/// <summary>RGATE1003 agrees with NuGet's own locked mode, or goes beyond it for a reason that is written down.</summary>
public sealed class LockEditTableTests(LockEditRuns runs) : IClassFixture<LockEditRuns>
{
    public static TheoryData<int, string> Rows
    {
        get
        {
            TheoryData<int, string> rows = [];
            foreach ((LockEdit edit, int row) in LockEdits.All.Select(static (edit, row) => (edit, row)))
            {
                rows.Add(row, edit.Name);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_verdicts_are_as_the_table_says(int row, string name)
    {
        LockEdit edit = LockEdits.All[row];
        string folder = $"{Path.DirectorySeparatorChar}{LockEditRuns.FolderOf(row)}{Path.DirectorySeparatorChar}";
        List<Diagnostic> nuget = [.. runs.NuGetOutput.Errors.Where(error => error.File.Contains(folder, StringComparison.Ordinal))];
        List<Diagnostic> ours = [.. runs.GateOutput.Errors.Where(error => error.File.Contains(folder, StringComparison.Ordinal) && error.Code is not ("RGATE1002" or "RGATE1007"))];
        string told = $"row {row}, {name}\nNuGet: {string.Join("\n  ", nuget)}\nours: {string.Join("\n  ", ours)}";

        // Kept whole for the rows whose finding lies outside the row's folder.
        told += ours.Count == 0 && edit.Ours != Verdict.Passes ? "\n" + runs.GateOutput : "";
        Assert.True(edit.NuGet == (nuget.Exists(static error => error.Code == "NU1004") ? Verdict.Stale : Verdict.Passes), told);
        Verdict verdict = ours.Exists(static error => error.Code == "RGATE1003") ? Verdict.Stale : ours.Count > 0 ? Verdict.Malformed : Verdict.Passes;
        Assert.True(edit.Ours == verdict, told);
        Assert.True(edit.Says.Length == 0 || ours.Exists(error => error.Text.Contains(edit.Says, StringComparison.Ordinal)), told);
        Assert.True(edit.Ours == edit.NuGet || edit.Because.Length > 0, told);
        Assert.All(ours, error => Assert.True(error.Line > 0, told));
    }

    [Fact]
    public void The_table_has_forty_edits_and_more() => Assert.True(LockEdits.All.Count >= 40);
}

using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;

namespace ReproGate.Core.Tests.Gates.LockedRestore;

public sealed class LockFileStaleTests
{
    private const string Net10 = ".NETCoreApp,Version=v10.0";

    private static readonly RestoreDeclaration Project = new()
    {
        ProjectPath = "/r/App/App.csproj",
        ProjectName = "App",
        TargetFramework = "net10.0",
        FrameworkName = Net10,
        TargetFrameworks = ["net10.0"],
        FrameworkNames = [Net10],
        LockFilePath = "/r/App/packages.lock.json",
        LockFileExists = true,
        LockFileEnabled = true,
        LockedMode = true,
        IsRestoring = true,
        SdkVersion = "10.0.401",
        SdkRoot = "/usr/share/dotnet/",
        Packages = [new DeclaredPackage("Acme.Json", "1.0.0", "[1.0.0, )", "/r/App/App.csproj")],
    };

    private static readonly PackagesLockEntry Json = Entry("Acme.Json", PackagesLockEntryType.Direct, "[1.0.0, )", 10);

    [Fact]
    public void A_fresh_lock_asks_nothing_of_the_repository()
    {
        Assert.Empty(Check(Project, Lock(Json), positions: new NoQuestions()));
    }

    [Fact]
    public void A_changed_version_is_told_at_its_declaration_with_the_command()
    {
        Finding finding = Assert.Single(Check(Project, Lock(Json with { Requested = "[0.9.0, )" })));
        Assert.Equal(new SourceLocation("/r/App/App.csproj", 5, 3), finding.Location);
        Assert.StartsWith("packages.lock.json of App.csproj is stale for net10.0: Acme.Json 0.9.0 → 1.0.0.", finding.What, StringComparison.Ordinal);
        Assert.Equal("restore /r/App/App.csproj", finding.Command);
        Assert.Equal("net10.0:Acme.Json", finding.Subject);
    }

    [Fact]
    public void A_package_the_sdk_adds_blames_the_sdk_and_not_its_files()
    {
        RestoreDeclaration project = Project with { Packages = [new DeclaredPackage("FSharp.Core", "10.1.401", "[10.1.401, )", "/usr/share/dotnet/sdk/10.0.401/FSharp/Microsoft.FSharp.NetSdk.props")] };
        Finding finding = Assert.Single(Check(project, Lock(Entry("FSharp.Core", PackagesLockEntryType.Direct, "[10.1.300, )", 12)), positions: new NothingNamed()));
        Assert.Contains("The .NET SDK itself adds FSharp.Core, and SDK 10.0.401 adds another version", finding.Why, StringComparison.Ordinal);
        Assert.Equal(new SourceLocation("/r/App/packages.lock.json", 12, 7), finding.Location);
    }

    [Fact]
    public void A_bot_that_updated_one_lock_of_two_is_named()
    {
        PackagesLock other = Lock(Entry("Acme.Json", PackagesLockEntryType.Direct, "[1.0.0, )", 9)) with { Path = "/r/Lib/packages.lock.json" };
        var lib = new ReferencedProject("/r/Lib/Lib.csproj", "Lib", other.Path, true, []);
        Finding finding = Assert.Single(Check(
            Project,
            Lock(Json with { Requested = "[0.9.0, )" }, Entry("lib", PackagesLockEntryType.Project, "", 20)),
            new ReferenceClosure([lib], true),
            readLock: path => path == other.Path ? other : null));
        Assert.Contains("The lock of Lib already asks for Acme.Json 1.0.0", finding.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Dependents_whose_locks_are_stale_for_the_same_reason_are_named_with_one_command()
    {
        var self = new ReferencedProject(Project.ProjectPath, "App", Project.LockFilePath, true, [new ReferencedDependency("Acme.Json", "[1.0.0, )", false)]);
        DependentTarget[] dependents =
        [
            .. new[] { "/r/Web/Web.csproj", "/r/Tool/Tool.csproj" }.Select(path => new DependentTarget(path, Lock(Node("app", ("Acme.Json", "[0.9.0, )"))).Targets[0], self)),
            new DependentTarget("/r/Fresh/Fresh.csproj", Lock(Node("app", ("Acme.Json", "[1.0.0, )"))).Targets[0], self),
        ];

        Finding stale = Assert.Single(Check(Project, Lock(Json with { Requested = "[0.9.0, )" }), dependents: [.. dependents]));
        Assert.Contains("The locks of Web.csproj, Tool.csproj are stale for the same reason.", stale.What, StringComparison.Ordinal);
        Assert.Equal("restore /r/Web/Web.csproj /r/Tool/Tool.csproj", stale.Command);

        Finding downstream = Assert.Single(Check(Project, Lock(Json), dependents: [.. dependents]));
        Assert.Contains("(Web.csproj, Tool.csproj)", downstream.What, StringComparison.Ordinal);
        Assert.Contains("App now needs Acme.Json 1.0.0 instead of 0.9.0", downstream.What, StringComparison.Ordinal);
        Assert.DoesNotContain("Fresh", downstream.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_reference_proves_nothing_by_absence()
    {
        PackagesLock locked = Lock(Json, Node("lib", ("Acme.Log", "[1.0.0, )")), Node("gone"));
        var lib = new ReferencedProject("/r/Lib/Lib.csproj", "Lib", "/r/Lib/packages.lock.json", true, []) { IsComplete = false };
        Assert.Empty(Check(Project, locked, new ReferenceClosure([lib], false)));
        Assert.Contains("Lib no longer needs Acme.Log; project reference gone removed", Assert.Single(Check(Project, locked, new ReferenceClosure([lib with { IsComplete = true }], true))).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pruned_dependency_may_be_missing_but_not_differ()
    {
        var lib = new ReferencedProject("/r/Lib/Lib.csproj", "Lib", "/r/Lib/packages.lock.json", true, [new ReferencedDependency("System.Text.Json", "[8.0.0, )", true)]);
        Assert.Empty(Check(Project, Lock(Json, Node("lib")), new ReferenceClosure([lib], true)));
        Assert.Single(Check(Project, Lock(Json, Node("lib", ("System.Text.Json", "[7.0.0, )"))), new ReferenceClosure([lib], true)));
    }

    [Fact]
    public void A_package_brought_in_by_a_package_is_no_declaration_in_the_build()
    {
        RestoreDeclaration built = Project with { IsRestoring = false, PackageRoot = "/pk/", Packages = [.. Project.Packages, new DeclaredPackage("Helper", "1.0.0", "[1.0.0, )", "/pk/acme.json/1.0.0/build/Acme.Json.props")] };
        Assert.Empty(Check(built, Lock(Json)));
        Assert.Single(Check(built with { IsRestoring = true }, Lock(Json)));
    }

    [Theory]
    [InlineData(true, true, false, true)]
    [InlineData(true, true, true, false)]
    [InlineData(true, false, false, false)]
    [InlineData(false, false, false, true)]
    public void A_restore_that_writes_the_lock_anew_is_not_judged(bool restoring, bool lockedMode, bool forceEvaluate, bool applies) =>
        Assert.Equal(applies, LockFileStale.Applies(Project with { IsRestoring = restoring, LockedMode = lockedMode, ForceEvaluate = forceEvaluate }));

    [Fact]
    public void Format_3_frameworks_are_told_apart_by_alias()
    {
        RestoreDeclaration project = Project with { TargetFrameworks = ["apple", "banana"], FrameworkNames = [Net10, Net10], IsOuter = true };
        var locked = new PackagesLock(Project.LockFilePath, 3, [Target("apple", "apple"), Target("cherry", "cherry")]);
        Assert.Contains("target framework banana added; target framework cherry removed", Assert.Single(LockFileStale.CheckShape(project, locked, Questions(new Named()))).What, StringComparison.Ordinal);
    }

    /// <summary>What an outer build cannot know: which framework a name of the project's own stands for.</summary>
    [Theory]
    [InlineData("apple;banana", "")]
    [InlineData("apple", "target framework banana removed")]
    [InlineData("APPLE;banana;cherry", "target framework cherry added")]
    [InlineData("apple;net9.0", "target framework net9.0 added; target framework banana removed")]
    public void Format_3_frameworks_with_names_of_their_own_are_compared_by_them(string declared, string said)
    {
        RestoreDeclaration project = Project with { TargetFramework = "", TargetFrameworks = [.. declared.Split(';')], FrameworkNames = declared.Contains("net9.0", StringComparison.Ordinal) ? [".NETCoreApp,Version=v9.0"] : [], IsOuter = true };
        var locked = new PackagesLock(Project.LockFilePath, 3, [Target("apple", "apple"), Target("banana", "banana")]);
        Finding? finding = LockFileStale.CheckShape(project, locked, Questions(new Named())).SingleOrDefault();
        Assert.Equal(said.Length > 0, finding is not null);
        Assert.Contains(said, finding?.What ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'$(TargetFramework)' == 'net9.0'", false)]
    [InlineData("$([MSBuild]::IsTargetFrameworkCompatible('$(TargetFramework)', 'net8.0'))", false)]
    [InlineData("'$(TargetFrameworkIdentifier)' == '.NETFramework' and '$(TargetPlatformIdentifier)' == 'windows'", false)]
    [InlineData("'$(Configuration)' == 'Release'", true)]
    [InlineData("'$(TargetFramework)' == 'net9.0' and '$(OS)' == 'Windows_NT'", true)]
    [InlineData("Exists('../local.props')", true)]
    [InlineData("$([MSBuild]::IsOSPlatform('Windows'))", true)]
    public void Only_a_condition_that_another_machine_may_answer_otherwise_is_named_as_the_cause(string condition, bool named)
    {
        Finding finding = Assert.Single(Check(Project, Lock(), positions: new Conditioned(condition)));
        Assert.Equal(named, finding.Why.Contains("It is declared under the condition", StringComparison.Ordinal));
    }

    /// <summary>A GlobalPackageReference: the file that defines the reference is NuGet's, the file that names the package the repository's.</summary>
    [Fact]
    public void A_package_that_the_repository_declares_for_every_project_is_not_blamed_on_the_sdk()
    {
        RestoreDeclaration project = Project with { Packages = [new DeclaredPackage("Acme.Json", "1.0.0", "[1.0.0, )", "/usr/share/dotnet/sdk/10.0.401/NuGet.targets")] };
        Finding finding = Assert.Single(Check(project, Lock()));
        Assert.DoesNotContain(".NET SDK itself", finding.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Twenty_changes_are_spelled_out_and_the_rest_counted()
    {
        RestoreDeclaration project = Project with { Packages = [.. Enumerable.Range(0, 30).Select(static index => new DeclaredPackage($"P{index:D2}", "1.0.0", "[1.0.0, )", "/r/App/App.csproj"))] };
        string what = Assert.Single(Check(project, Lock())).What;
        Assert.Contains("P19 1.0.0 added; and 10 more.", what, StringComparison.Ordinal);
        Assert.DoesNotContain("P20", what, StringComparison.Ordinal);
    }

    private static List<Finding> Check(RestoreDeclaration project, PackagesLock locked, ReferenceClosure? closure = null, ImmutableArray<DependentTarget> dependents = default, IDeclarationPositions? positions = null, Func<string, PackagesLock?>? readLock = null)
    {
        StaleQuestions questions = Questions(positions ?? new Named(), readLock);
        return [.. LockFileStale.CheckShape(project, locked, questions), .. LockFileStale.CheckFramework(project, locked, closure ?? ReferenceClosure.Unknown, dependents.IsDefault ? [] : dependents, questions)];
    }

    private static StaleQuestions Questions(IDeclarationPositions positions, Func<string, PackagesLock?>? readLock = null) =>
        new(positions, readLock ?? (static _ => null), static projects => "restore " + string.Join(' ', projects));

    private static PackagesLock Lock(params PackagesLockEntry[] entries) => new(Project.LockFilePath, 1, [Target("net10.0", "", entries)]);

    private static PackagesLockTarget Target(string key, string alias, params PackagesLockEntry[] entries) => new(key, Net10, alias, "", [.. entries], new SourceLocation(Project.LockFilePath, 4, 5));

    private static PackagesLockEntry Entry(string id, PackagesLockEntryType type, string requested, int line) =>
        new(id, type, requested, type == PackagesLockEntryType.Project ? "" : "1.0.0", "hash", [], new SourceLocation(Project.LockFilePath, line, 7));

    private static PackagesLockEntry Node(string name, params (string Id, string Range)[] dependencies) =>
        Entry(name, PackagesLockEntryType.Project, "", 20) with { Dependencies = [.. dependencies.Select(static dependency => new PackagesLockDependency(dependency.Id, dependency.Range, new SourceLocation(Project.LockFilePath, 23, 11)))] };

    /// <summary>Every item stands at line 5.</summary>
    private sealed class Named : IDeclarationPositions
    {
        public DeclarationPosition Item(string file, string itemType, string include) => new(new SourceLocation(file, 5, 3));

        public DeclarationPosition Property(string file, params ReadOnlySpan<string> names) => new(new SourceLocation(file, 3, 5));

        public DeclarationEnd? End(string file) => null;
    }

    /// <summary>No file names anything.</summary>
    private sealed class NothingNamed : IDeclarationPositions
    {
        public DeclarationPosition Item(string file, string itemType, string include) => new(new SourceLocation(file));

        public DeclarationPosition Property(string file, params ReadOnlySpan<string> names) => new(new SourceLocation(file));

        public DeclarationEnd? End(string file) => null;
    }

    /// <summary>Every item stands under a condition.</summary>
    private sealed class Conditioned(string condition) : IDeclarationPositions
    {
        public DeclarationPosition Item(string file, string itemType, string include) => new(new SourceLocation(file, 5, 3), condition);

        public DeclarationPosition Property(string file, params ReadOnlySpan<string> names) => new(new SourceLocation(file, 3, 5));

        public DeclarationEnd? End(string file) => null;
    }

    private sealed class NoQuestions : IDeclarationPositions
    {
        public DeclarationPosition Item(string file, string itemType, string include) => throw new InvalidOperationException("A healthy repository was asked.");

        public DeclarationPosition Property(string file, params ReadOnlySpan<string> names) => throw new InvalidOperationException("A healthy repository was asked.");

        public DeclarationEnd? End(string file) => throw new InvalidOperationException("A healthy repository was asked.");
    }
}

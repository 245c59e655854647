using System.Runtime.InteropServices;
using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Packages;

/// <summary>RGATE2001, RGATE2002 and RGATE2003: what the compiled assembly uses against what the project declares.</summary>
public sealed class UndeclaredTests
{
    private const string UsesBoth = """
        namespace App;

        public static class Program
        {
            public static int Run() => AcmeNear.Thing.Do()
                + AcmeFar.Thing.Do();
        }
        """;

    [Fact]
    public void A_package_that_comes_only_transitively_is_an_error_at_the_line_that_uses_it_until_it_is_declared()
    {
        using TestRepository repo = TestRepository.Create("répo with space");
        Feed(repo);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Near", "1.0.0"));
        repo.Write("App/Program.cs", UsesBoth);
        repo.Lock("App/App.csproj");

        ProcessResult red = repo.Dotnet("build", "App/App.csproj");
        Diagnostic error = Assert.Single(red.Findings);
        Assert.True(error.IsError, red.ToString());
        Assert.Equal(("RGATE2001", repo.PathOf("App/Program.cs"), repo.LineOf("App/Program.cs", "AcmeNear.Thing.Do")), (error.Code, error.File, error.Line));
        Assert.Contains("Acme.Near 1.0.0 → Acme.Far 2.0.0", error.Text, StringComparison.Ordinal);
        Assert.Contains("<PackageReference Include=\"Acme.Far\" Version=\"2.0.0\" />", error.Text, StringComparison.Ordinal);
        // The compiler has nothing to do now, and the error stands.
        Assert.Equal("RGATE2001", Assert.Single(repo.Dotnet("build", "App/App.csproj").Errors).Code);

        // A package that only asks for an assembly of the .NET Framework: NuGet and MSBuild mark the file so.
        string written = repo.Read("App/App.csproj");
        repo.Replace("App/App.csproj", "</Project>", """
              <Target Name="Asks" AfterTargets="ResolveAssemblyReferences">
                <ItemGroup>
                  <ReferencePath Condition="'%(NuGetPackageId)' == 'Acme.Far'" FrameworkFile="true" />
                </ItemGroup>
              </Target>
            </Project>
            """);
        repo.Write("App/Program.cs", UsesBoth + "\n");
        Assert.Contains("which is in the framework's Acme.Far, for which package Acme.Far 2.0.0 asks", Assert.Single(repo.Dotnet("build", "App/App.csproj").Findings).Text, StringComparison.Ordinal);
        repo.Write("App/App.csproj", written);

        repo.Project("App/App.csproj", static project => project.Package("Acme.Near", "1.0.0").Package("Acme.Far", "2.0.0"));
        repo.Lock("App/App.csproj");
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");
        Assert.True(green.ExitCode == 0, green.ToString());
        Assert.Empty(green.Findings);
        Assert.True(File.Exists(repo.PathOf("App/obj/Debug/net10.0/reprogate/App.facts.json")));

        ProcessResult again = repo.Dotnet("build", "App/App.csproj");
        Assert.Empty(again.Findings);
        Assert.DoesNotContain(TestRepository.ReadBinlog(again).FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(), static task => task.Name == "CheckUndeclaredPackages");
    }

    [Fact]
    public void What_a_project_withholds_at_run_time_is_withheld_by_the_line_to_paste_too()
    {
        using TestRepository repo = TestRepository.Create();
        Feed(repo);
        repo.Project("Lib/Lib.csproj", static project => project.Item("PackageReference", "Acme.Far", null, ("Version", "2.0.0"), ("ExcludeAssets", "runtime")));
        repo.Write("Lib/Library.cs", "namespace Lib; public static class Library { public static int Run() => AcmeFar.Thing.Do(); }");
        repo.Project("App/App.csproj", static project => project.Reference("../Lib/Lib.csproj"));
        repo.Write("App/Program.cs", "namespace App; public static class Program { public static int Run() => Lib.Library.Run() + AcmeFar.Thing.Do(); }");
        repo.Lock("App/App.csproj").Commit();

        const string line = "<PackageReference Include=\"Acme.Far\" Version=\"2.0.0\" ExcludeAssets=\"runtime\" />";
        Diagnostic error = repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE2001", repo.PathOf("App/Program.cs"), 1);
        Assert.Contains(line, error.Text, StringComparison.Ordinal);

        repo.Replace("App/App.csproj", "</Project>", $"<ItemGroup>{line}</ItemGroup></Project>");
        repo.Lock("App/App.csproj").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        Assert.False(File.Exists(repo.PathOf("App/bin/Debug/net10.0/Acme.Far.dll")));
    }

    [Fact]
    public void Under_central_versions_both_lines_are_named_and_an_umbrella_without_assemblies_stands_for_its_parts()
    {
        using TestRepository repo = TestRepository.Create();
        Feed(repo);
        repo.Write("Directory.Packages.props", """
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Acme.Near" Version="1.0.0" />
              </ItemGroup>
            </Project>
            """);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Near"));
        // A field's type is no code, so no debugging symbol knows its line; a comment that names it is none of its uses.
        repo.Write("App/Program.cs", """
            namespace App;

            /// <summary>As AcmeFar.Thing.</summary>
            public static class Program
            {
                public static int Run() => AcmeNear.Thing.Do();

                public static AcmeFar.Thing Far;
            }
            """);
        repo.Lock("App/App.csproj");

        Diagnostic error = Assert.Single(repo.Dotnet("build", "App/App.csproj").Findings);
        Assert.Equal(("RGATE2001", repo.PathOf("App/Program.cs"), repo.LineOf("App/Program.cs", "public static AcmeFar.Thing")), (error.Code, error.File, error.Line));
        Assert.Contains("Add <PackageReference Include=\"Acme.Far\" /> to App.csproj and <PackageVersion Include=\"Acme.Far\" Version=\"2.0.0\" /> to Directory.Packages.props.", error.Text, StringComparison.Ordinal);

        // What the code merely passes on is no use of its own.
        repo.Write("App/Program.cs", "namespace App; public static class Program { public static int Run() => AcmeNear.Thing.Do(); }");
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");
        Assert.True(green.ExitCode == 0, green.ToString());
        Assert.Empty(green.Findings);
    }

    [Fact]
    public void A_transitive_project_is_a_warning_where_it_is_used_and_none_where_it_is_only_passed_on()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("Far/Far.csproj");
        repo.Write("Far/Thing.cs", "namespace Far; public class Thing { public int Do() => 1; }");
        repo.Project("Near/Near.csproj", static project => project.Reference("../Far/Far.csproj"));
        repo.Write("Near/Api.cs", "namespace Near; public static class Api { public static Far.Thing Get() => new(); public static int Take(Far.Thing thing) => thing.Do(); }");
        repo.Project("App/App.csproj", static project => project.Reference("../Near/Near.csproj"));
        repo.Write("App/Program.cs", """
            namespace App;

            public static class Program
            {
                public static int Run()
                {
                    var thing = Near.Api.Get();
                    return thing.Do();
                }
            }
            """);
        repo.Lock("App/App.csproj");

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Diagnostic warning = Assert.Single(result.Findings);
        Assert.False(warning.IsError);
        Assert.Equal(("RGATE2002", repo.PathOf("App/Program.cs"), 8), (warning.Code, warning.File, warning.Line));
        Assert.Contains("<ProjectReference Include=\"../Far/Far.csproj\" />", warning.Text, StringComparison.Ordinal);
        Assert.Equal("RGATE2002", Assert.Single(repo.Dotnet("build", "App/App.csproj").Findings).Code);

        // As the file writes the reference that stands there.
        repo.Replace("App/App.csproj", "../Near/Near.csproj", @"..\Near\Near.csproj");
        Assert.Contains(@"<ProjectReference Include=""..\Far\Far.csproj"" />", Assert.Single(repo.Dotnet("build", "App/App.csproj").Findings).Text, StringComparison.Ordinal);

        repo.Replace("App/Program.cs", "return thing.Do();", "return Near.Api.Take(thing);");
        Assert.Empty(repo.Dotnet("build", "App/App.csproj").Findings);

        repo.Replace("App/Program.cs", "return Near.Api.Take(thing);", "return thing.Do();");
        repo.Project("App/App.csproj", static project => project.Reference("../Near/Near.csproj").Reference("../Far/Far.csproj"));
        repo.Lock("App/App.csproj");
        Assert.Empty(repo.Dotnet("build", "App/App.csproj").Findings);
    }

    [Fact]
    public void An_unused_package_is_a_warning_at_its_declaration_and_every_caution_is_silent()
    {
        using TestRepository repo = TestRepository.Create();
        Feed(repo);
        PackageFixture.Create(repo.Feed, "Acme.Idle", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.ByName", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.ByConfiguration", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Builds", "1.0.0", files: [("build/Acme.Builds.targets", "<Project />"u8.ToArray())]);
        PackageFixture.Create(repo.Feed, "Acme.Private", "1.0.0");
        repo.Project("App/App.csproj", static project => project
            .Package("Acme.Near", "1.0.0")
            // A pin: Acme.Near asks for it.
            .Package("Acme.Far", "2.0.0")
            .Package("Acme.ByName", "1.0.0")
            .Package("Acme.ByConfiguration", "1.0.0")
            .Package("Acme.Builds", "1.0.0")
            .Package("Acme.Private", "1.0.0", null, ("PrivateAssets", "all"))
            .Package("Acme.Idle", "1.0.0"));
        repo.Write("App/Program.cs", "namespace App; public static class Program { public static int Run() => AcmeNear.Thing.Do(); public static object? Load() => System.Type.GetType(\"AcmeByName.Thing, Acme.ByName\"); }");
        repo.Write("App/appsettings.json", "{ \"Using\": [ \"Acme.ByConfiguration\" ] }");
        repo.Lock("App/App.csproj");

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Diagnostic warning = Assert.Single(result.Findings);
        Assert.False(warning.IsError);
        Assert.Equal(("RGATE2003", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Idle")), (warning.Code, warning.File, warning.Line));
        Assert.Contains("Acme.Idle 1.0.0", warning.Text, StringComparison.Ordinal);

        repo.Write("App/Idle.cs", "namespace App; public static class Idle { public static int Run() => AcmeIdle.Thing.Do(); }").Commit();
        Assert.Empty(repo.Dotnet("build", "App/App.csproj").Findings);
        repo.Write("App/Idle.cs", "");
        Assert.Empty(repo.Dotnet("build", "App/App.csproj", "-p:ReproGatePackagesEnabled=false").Findings);

        // What a tool that alters assemblies leaves may be unreadable: that is said, accuses nobody, and does not stop the build.
        repo.Replace("App/App.csproj", "</Project>", """
              <Target Name="Spoil" BeforeTargets="_ReproGateCompiledGuard" AfterTargets="CoreCompile">
                <WriteLinesToFile File="@(IntermediateAssembly)" Lines="MZ no assembly any more" Overwrite="true" />
              </Target>
            </Project>
            """).Commit();
        ProcessResult spoilt = repo.Dotnet("build", "App/App.csproj");
        Assert.True(spoilt.ExitCode == 0, spoilt.Describe());
        Assert.Contains("could not look at App.dll", Assert.Single(spoilt.Findings, static finding => finding.Text.Contains("RGATE2001", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.All(spoilt.Findings, static finding => Assert.Equal("RGATE0090", finding.Code));
    }

    [Fact]
    public void Visual_Basic_and_F_sharp_are_judged_too_and_no_central_file_is_needed()
    {
        using TestRepository repo = TestRepository.Create();
        Feed(repo);
        foreach (string package in Directory.GetFiles(Path.Combine(Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()), "sdk"), "FSharp.Core.*.nupkg", SearchOption.AllDirectories))
        {
            File.Copy(package, Path.Combine(repo.Feed, Path.GetFileName(package)), overwrite: true);
        }

        repo.Project("App/App.vbproj", static project => project.Property("ImportDirectoryPackagesProps", "false").Package("Acme.Near", "1.0.0"));
        repo.Write("App/Program.vb", """
            Public Class Program
                Public Shared Function Run() As Integer
                    Return AcmeNear.Thing.Do() +
                        AcmeFar.Thing.Do()
                End Function
            End Class
            """.Replace(".Do()", ".[Do]()", StringComparison.Ordinal));
        repo.Project("Fun/Fun.fsproj", static project => project.Item("Compile", "Program.fs").Package("Acme.Near", "1.0.0"));
        repo.Write("Fun/Program.fs", """
            module Fun.Program

            let near () = AcmeNear.Thing.Do()

            let far () =
                near () + AcmeFar.Thing.Do()

            // A package that F# code names in no way of its own, and the F# library that it always has.
            let numbers = [ 1; 2 ] |> List.map (fun number -> sprintf "%d" number)
            """);
        repo.Solution("All.slnx", "App/App.vbproj", "Fun/Fun.fsproj").Lock("All.slnx");

        ProcessResult red = repo.Dotnet("build", "All.slnx");
        Assert.Equal(["RGATE2001", "RGATE2001"], red.Findings.Select(static finding => finding.Code));
        red.AssertRed("RGATE2001", repo.PathOf("App/Program.vb"), 3);
        red.AssertRed("RGATE2001", repo.PathOf("Fun/Program.fs"), 6);

        repo.Replace("Fun/Program.fs", "near () + AcmeFar.Thing.Do()", "near ()");
        repo.Replace("App/Program.vb", " +", "").Replace("App/Program.vb", "AcmeFar.Thing.[Do]()", "");
        repo.Dotnet("build", "All.slnx").AssertGreen();
    }

    private static void Feed(TestRepository repo)
    {
        PackageFixture.Create(repo.Feed, "Acme.Far", "2.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0", ["Acme.Far/2.0.0"]);
    }
}

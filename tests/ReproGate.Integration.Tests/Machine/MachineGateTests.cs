using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Machine;

/// <summary>RGATE4001 to 4004, RGATE2004, 2005, 2007 and 3020 through the packed package and real builds.</summary>
public sealed class MachineGateTests
{
    private const string Program = "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n";

    private static TestRepository Create(string name = "répo with space", Action<ProjectBuilder>? build = null)
    {
        TestRepository repo = TestRepository.Create(name);
        repo.Project("App/App.csproj", build);
        repo.Write("App/Program.cs", Program);
        return repo;
    }

    [Fact]
    public void An_SDK_that_is_not_pinned_to_a_band_fails_and_the_named_text_mends_it()
    {
        using TestRepository repo = Create().Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();

        repo.Replace("global.json", "latestPatch", "latestFeature");
        Diagnostic loose = repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE4001", repo.PathOf("global.json"), 4);
        Assert.Contains("latestPatch", loose.Text, StringComparison.Ordinal);

        File.Delete(repo.PathOf("global.json"));
        Diagnostic missing = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE4001", repo.PathOf("global.json"));
        Assert.Contains($"{{ \"sdk\": {{ \"version\": \"{TestEnvironment.DotnetVersion}\", \"rollForward\": \"latestPatch\" }} }}", missing.Text, StringComparison.Ordinal);

        repo.Write("global.json", "{ \"sdk\": { \"rollForward\": \"latestPatch\" } }");
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE4001", repo.PathOf("global.json"), 1);

        // Near misses: no policy is the band's own, and a pin below the root serves the projects below it.
        File.Delete(repo.PathOf("global.json"));
        repo.Write("App/global.json", $"{{ /* pinned */ \"sdk\": {{ \"version\": \"{TestEnvironment.DotnetVersion}\", \"allowPrerelease\": true }} }}");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void Files_from_outside_the_repository_fail_where_they_are_named_and_pass_inside_or_allowed()
    {
        using TestRepository repo = Create();
        string outside = Path.Combine(Path.GetDirectoryName(repo.Root)!, "shared");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "Common.props"), "<Project><PropertyGroup><Shared>1</Shared></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(outside, "Empty.props"), "<Project />");
        File.WriteAllText(Path.Combine(outside, "A.cs"), "namespace Shared; public static class A { }");
        File.WriteAllText(Path.Combine(outside, "B.cs"), "namespace Shared; public static class B { }");
        repo.Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="../../shared/Common.props" />
              <Import Project="../../shared/Empty.props" />
              <Import Project="../eng/Own.props" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="$(MSBuildThisFileDirectory)..\..\shared\*.cs" />
                <None Include="../../shared/notes.txt" />
              </ItemGroup>
            </Project>
            """);
        repo.Write("eng/Own.props", "<Project><PropertyGroup><Own>1</Own></PropertyGroup></Project>");
        repo.Commit();

        ProcessResult red = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        red.AssertOnlyRed("RGATE4002", repo.PathOf("App/App.csproj"), 2);
        Diagnostic glob = red.AssertOnlyRed("RGATE4002", repo.PathOf("App/App.csproj"), 9);
        Assert.Contains("1 more", glob.Text, StringComparison.Ordinal);
        Assert.Equal(2, red.WithCode("RGATE4002").Count());

        // Comments and trailing commas are a person's.
        repo.Write("reprogate.allow.json", "{\n  // Checked out side by side.\n  \"allow\": [\n    { \"path\": \"../shared/*\", \"reason\": \"two repositories, one checkout script\" },\n  ],\n}\n");
        repo.Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();

        repo.Replace("reprogate.allow.json", ", \"reason\": \"two repositories, one checkout script\"", "");
        repo.Dotnet("build", "App/App.csproj").AssertRed("RGATE0001", repo.PathOf("reprogate.allow.json"), 4);
    }

    [Fact]
    public void A_path_below_what_restore_brings_is_left_to_the_build_and_one_below_nothing_fails_there()
    {
        using TestRepository repo = TestRepository.Create("répo with space");
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Data", "1.0.0", files: [("content/data.txt", "data"u8.ToArray()), ("content/more.txt", "more"u8.ToArray())]);
        repo.Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Acme.Data" Version="1.0.0" GeneratePathProperty="true" />
                <Content Include="$(PkgAcme_Data)/content/data.txt" Link="data.txt" CopyToOutputDirectory="Always" />
                <Content Include="$(NuGetPackageRoot)/acme.data/1.0.0/content/more.txt" Link="more.txt" CopyToOutputDirectory="Always" />
              </ItemGroup>
            </Project>
            """);
        repo.Write("App/Program.cs", Program).Lock("App/App.csproj");
        Directory.Delete(repo.PathOf("App/obj"), recursive: true);

        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        Assert.True(File.Exists(repo.PathOf("App/bin/Debug/net10.0/data.txt")) && File.Exists(repo.PathOf("App/bin/Debug/net10.0/more.txt")));

        // No restore gives this one a value.
        repo.Replace("App/App.csproj", "$(NuGetPackageRoot)/acme", "$(AcmeHome)/acme").Commit();
        Diagnostic nothing = repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE4002", repo.PathOf("App/App.csproj"), 8);
        Assert.Contains("/acme.data/1.0.0/content/more.txt", nothing.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parent_folder_s_build_file_fails_and_one_in_the_repository_ends_the_search()
    {
        using TestRepository repo = Create();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(repo.Root)!, "Directory.Build.targets"), "<Project><PropertyGroup><Leaked>1</Leaked></PropertyGroup></Project>");
        repo.Commit();

        Diagnostic error = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate").AssertOnlyRed("RGATE4002", repo.PathOf("App/App.csproj"));
        Assert.Contains($"Create {repo.PathOf("Directory.Build.targets")}", error.Text, StringComparison.Ordinal);

        repo.Write("Directory.Build.targets", "<Project />").Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void Variables_of_the_machine_fail_where_they_are_read_and_CI_and_declared_ones_pass()
    {
        using TestRepository repo = Create();
        repo.Write("Directory.Build.props", repo.Read("Directory.Build.props").Replace("</Project>", """
              <PropertyGroup>
                <Places Condition="'$(CI)' == 'true'">ci</Places>
                <Sums>$(TOOL_SUM)$(IsTestProject)$(VersionSuffix)$(HTTPS_PROXY)</Sums>
                <TOOL_SUM Condition="'$(TOOL_SUM)' == ''">1</TOOL_SUM>
                <Own>$([System.Environment]::GetEnvironmentVariable('GITHUB_SHA'))</Own>
              </PropertyGroup>
            </Project>
            """, StringComparison.Ordinal));
        repo.Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        // A variable that is set counts for read, whatever its name looks like; this one is known.
        repo.Environment["CI"] = "true";
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        repo.Environment.Remove("CI");

        // In every file of the repository that the project imports, and in none that it does not.
        repo.Write("eng/deep/Shared.targets", "<Project>\n  <PropertyGroup Condition=\"'$(ACME_SHARED_SDK)' != ''\">\n    <Shared>1</Shared>\n  </PropertyGroup>\n</Project>\n");
        repo.Write("eng/Shared.targets", "<Project>\n  <Import Project=\"deep/*.targets\" />\n  <Import Project=\"Never.targets\" Condition=\"'$(Never)' == 'true'\" />\n</Project>\n");
        repo.Write("eng/Never.targets", "<Project>\n  <PropertyGroup>\n    <Never>$([System.Environment]::GetEnvironmentVariable('ACME_NEVER'))</Never>\n  </PropertyGroup>\n</Project>\n");
        repo.Environment["ACME_SHARED_SDK"] = "1";
        repo.Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Tools>$(HOME)/tools</Tools>
                <Sdk2 Condition="'$(VULKAN_SDK)' != ''">$(VULKAN_SDK)/x</Sdk2>
                <Asked>$([System.Environment]::GetEnvironmentVariable('ACME_TOKEN'))</Asked>
                <Spread>$([System.Environment]::ExpandEnvironmentVariables('%25ACME_HOME%25/x'))</Spread>
                <Flag>$(AcmeFlag)</Flag>
                <Brand>$(ACME_BRAND)</Brand>
                <DefineConstants Condition="'$(ACME_KNOWN)' == 'yes'">$(DefineConstants);KNOWN</DefineConstants>
                <InformationalVersion>1.0+$(GITHUB_SHA)</InformationalVersion>
                <AcmeStage Condition="'$(AcmeStage)' == ''">test</AcmeStage>
                <Scratch>$(TEMP)/x</Scratch>
              </PropertyGroup>
              <ItemGroup>
                <AssemblyMetadata Include="Brand" Value="$(Brand)" />
                <RuntimeHostConfigurationOption Include="Acme.Stage" Value="$(AcmeStage)" />
              </ItemGroup>
              <Import Project="../eng/Shared.targets" />
            </Project>
            """).Commit();
        repo.Environment["AcmeFlag"] = "on";
        repo.Environment["AcmeStage"] = "mine";
        // To an application of the matrix, a variable in its output is a key of the build, allowed or not.
        repo.Write("reprogate.env.json", """{ "environments": { "prod": "Production" }, "apps": { "app": "App/App.csproj" }, "keys": { "ACME_KNOWN": "build bool" } }""");
        repo.Write("reprogate.allow.json", """{ "allow": [ { "variable": "ACME_BRAND", "reason": "r" } ] }""");
        ProcessResult red = repo.Dotnet("build", "App/App.csproj");
        string project = repo.PathOf("App/App.csproj");
        red.AssertRed("RGATE4003", project, 4);
        red.AssertRed("RGATE4003", project, 5);
        red.AssertRed("RGATE4003", project, 6);
        red.AssertRed("RGATE4003", project, 7);
        red.AssertRed("RGATE4003", project, 8);
        red.AssertRed("RGATE4003", repo.PathOf("eng/deep/Shared.targets"), 2);
        // The SDK has a default for TEMP, in a target that no build runs.
        red.AssertRed("RGATE4003", project, repo.LineOf("App/App.csproj", "$(TEMP)"));
        Assert.Equal(7, red.WithCode("RGATE4003").Count());
        Diagnostic brand = red.AssertRed("RGATE3020", project, repo.LineOf("App/App.csproj", "$(ACME_BRAND)"));
        Assert.Contains("\"ACME_BRAND\": \"build string\"", brand.Text, StringComparison.Ordinal);
        red.AssertRed("RGATE3020", project, repo.LineOf("App/App.csproj", "<AcmeStage"));
        Assert.Equal(2, red.WithCode("RGATE3020").Count());

        repo.Replace("reprogate.env.json", "\"build bool\"", "\"build bool\", \"Brand\": \"build string\", \"AcmeStage\": \"build enum(mine|test)\"");
        repo.Write("reprogate.allow.json", """{ "allow": [ { "variable": "home", "reason": "r" }, { "variable": "VULKAN_SDK", "reason": "r" }, { "variable": "ACME_*", "reason": "r" }, { "variable": "AcmeFlag", "reason": "r" }, { "variable": "TEMP", "reason": "r" } ] }""").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();

        // Nothing else has changed: the matrix alone makes the gate look again.
        repo.Replace("reprogate.env.json", "\"Brand\": \"build string\", ", "");
        repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE3020", project, repo.LineOf("App/App.csproj", "$(ACME_BRAND)"));
    }

    /// <summary>As Visual Studio's MSBuild runs them.</summary>
    [Fact]
    public void In_a_task_host_the_imports_are_unknown_which_is_said_and_what_is_certain_still_fails()
    {
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        repo.Environment["MSBUILDFORCEALLTASKSOUTOFPROC"] = "1";

        Assert.Contains("which files a project imports", repo.Dotnet("build", "App/App.csproj").AssertWarns("RGATE0090", repo.Root).Text, StringComparison.Ordinal);

        repo.Replace("App/App.csproj", "<PropertyGroup>", "<PropertyGroup>\n    <Asked>$([System.Environment]::GetEnvironmentVariable('ACME_TOKEN'))</Asked>").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertRed("RGATE4003", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "ACME_TOKEN"));
    }

    [Fact]
    public void A_compiled_file_that_git_does_not_have_warns_here_and_fails_in_CI_and_an_ignored_one_fails_everywhere()
    {
        using TestRepository repo = Create(build: static project => project.Property("TreatWarningsAsErrors", "true"));
        // MSBuild takes %41 for A and a semicolon for the end of an item: in a name they are neither.
        repo.Lock("App/App.csproj");
        repo.Write("App/New%41;.cs", "namespace App; public static class New { }");
        repo.Write("App/Made.cs", "// <auto-generated/>\nnamespace App; public static class Made { }");

        repo.Dotnet("build", "App/App.csproj", "-p:ContinuousIntegrationBuild=true").AssertOnlyRed("RGATE4004", repo.PathOf("App/New%41;.cs"));
        Diagnostic warning = repo.Dotnet("build", "App/App.csproj").AssertWarns("RGATE4004", repo.PathOf("App/New%41;.cs"));
        Assert.Contains("git add \"App/New%41;.cs\"", warning.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Made.cs", warning.Text, StringComparison.Ordinal);
        Diagnostic again = repo.Dotnet("build", "App/App.csproj").AssertWarns("RGATE4004", repo.PathOf("App/New%41;.cs"));
        Assert.Equal(warning.Text, again.Text);

        repo.Git("add", "App/New%41;.cs");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        BuildLog.Read(repo.Dotnet("build", "App/App.csproj")).AssertNothingOfOursLoaded();

        repo.Write(".gitignore", repo.Read(".gitignore") + "Local*.cs\n");
        repo.Write("App/LocalThing.cs", "namespace App; public static class LocalThing { }");
        repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE4004", repo.PathOf("App/LocalThing.cs"), 1);
    }

    [Fact]
    public void A_reference_to_a_file_outside_or_untracked_fails_and_a_committed_one_passes()
    {
        using TestRepository repo = Create();
        repo.Project("Vendor/Vendor.csproj");
        repo.Write("Vendor/Thing.cs", "namespace Vendor; public static class Thing { }");
        repo.Lock("Vendor/Vendor.csproj");
        Assert.Equal(0, repo.Dotnet("build", "Vendor/Vendor.csproj").ExitCode);
        string dll = repo.PathOf("Vendor/bin/Debug/net10.0/Vendor.dll");
        string outside = Path.Combine(Path.GetDirectoryName(repo.Root)!, "Vendor.dll");
        File.Copy(dll, outside);
        repo.Lock("App/App.csproj");

        repo.Project("App/App.csproj", static project => project.Item("Reference", "Vendor", null, ("HintPath", "../../Vendor.dll")));
        repo.Commit();
        repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE2004", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Vendor"));

        // Found by a search path rather than named.
        repo.Project("App/App.csproj", project => project.Property("AssemblySearchPaths", $"{Path.GetDirectoryName(outside)};$(AssemblySearchPaths)").Item("Reference", "Vendor"));
        repo.Commit();
        repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE2004", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "\"Vendor\""));

        repo.Project("App/App.csproj", static project => project.Item("Reference", "Vendor", null, ("HintPath", @"..\Vendor\bin\Debug\net10.0\Vendor.dll")));
        repo.Commit();
        Diagnostic built = repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE2005", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "\"Vendor\""));
        Assert.Contains("ProjectReference", built.Text, StringComparison.Ordinal);

        Directory.CreateDirectory(repo.PathOf("lib"));
        File.Copy(dll, repo.PathOf("lib/Vendor.dll"));
        repo.Project("App/App.csproj", static project => project.Item("Reference", "Vendor", null, ("HintPath", "../lib/Vendor.dll")));
        Assert.Contains("git add \"lib/Vendor.dll\"", repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE2005", repo.PathOf("App/App.csproj")).Text, StringComparison.Ordinal);
        // Nothing that is built changes with what git tracks, so the check may not rest on what it said.
        repo.Dotnet("build", "App/App.csproj", "-p:ReproGateMode=observe").AssertWarns("RGATE2005", repo.PathOf("App/App.csproj"));
        repo.Commit();
        ProcessResult tracked = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateMode=observe");
        Assert.True(tracked.ExitCode == 0, tracked.Describe());
        Assert.Empty(tracked.Findings);
    }

    [Fact]
    public void A_program_that_nothing_declares_fails_at_its_command_and_what_every_machine_has_passes()
    {
        using TestRepository repo = Create();
        repo.Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Git>git</Git>
              </PropertyGroup>
              <Target Name="Fine" BeforeTargets="BeforeBuild">
                <Exec Command="cd .. &amp;&amp; echo x | cat" />
                <Exec Command="$(Git) rev-parse HEAD" />
                <Exec Command="&quot;$(DOTNET_HOST_PATH)&quot; --version" />
                <Exec Command="dotnet --info" StandardOutputImportance="low" />
                <Exec Command="$(Unknown) --x" Condition="'$(Unknown)' != ''" />
                <Exec Command="acme-gen" Condition="'$(Generate)' == 'true'" />
                <Exec Command="dotnet acme x" Condition="Exists('../nowhere')" />
                <Exec Command="/bin/sh ../eng/run.sh" Condition="'$(OS)' != 'Windows_NT'" />
              </Target>
              <Target Name="ByHand">
                <Exec Command="acme-deploy" />
              </Target>
            </Project>
            """);
        repo.Write("eng/run.sh", "true\n");
        repo.Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();

        // Made by an earlier build; whoever clones the repository has to make it.
        Directory.CreateDirectory(repo.PathOf("web/node_modules"));
        repo.Replace("App/App.csproj", """<Exec Command="acme-deploy" />""", """
            <Exec Command="mkdir -p x &amp;&amp; protoc-gen --out x" />
            <Exec Command="dotnet swagger tofile" />
            <Exec Command="npm ci" WorkingDirectory="../web" Condition="!Exists('../web/node_modules') and '$(Configuration)' != 'None'" />
            """).Replace("App/App.csproj", "Name=\"ByHand\"", "Name=\"ByHand\" AfterTargets=\"Build\"").Commit();
        ProcessResult red = repo.Dotnet("build", "App/App.csproj");
        foreach (string command in (string[])["protoc-gen", "dotnet swagger", "npm ci"])
        {
            red.AssertOnlyRed("RGATE2007", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", command));
        }

        Assert.Equal(3, red.WithCode("RGATE2007").Count());
    }
}

using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>Follows the entry point to see which host is built and which sources are added to its configuration, in the order in which that happens.</summary>
internal sealed class HostChain(CodeProgram program, CallGraph graph, ValueEvaluator evaluator, Func<string, CodePlace?, SourceLocation?> locate)
{
    private const int MaximumDepth = 40;

    private readonly GuardAnalysis _guards = new(program, graph);
    private readonly HashSet<MethodNode> _visited = [];
    private readonly List<(ProviderOperation Operation, bool Custom)> _operations = [];
    private HostKind _kind;
    private bool _hasCustom;
    private bool _chains;
    private bool _incomplete;
    private bool _forHost;
    private string _applicationName = "";

    /// <summary>Where the host is made; null where none is.</summary>
    public SourceLocation? Location { get; private set; }

    /// <summary>The member that makes it.</summary>
    public string Member { get; private set; } = "";

    /// <summary>Reads the chain.</summary>
    public HostConfiguration Read(CodeFacts executable)
    {
        if (executable.EntryPoint.Length > 0 && program.Method(executable.EntryPoint) is { } entry)
        {
            Visit(entry, 0);
        }
        else
        {
            _incomplete = true;
        }

        // Startup classes and the like are entered by the host.
        foreach (MethodNode method in program.Methods.Where(method => method.Reached && !_visited.Contains(method) && method.Method.Reference.Name is "ConfigureAppConfiguration" or "ConfigureWebHost" or "CreateHostBuilder" or "CreateWebHostBuilder" or "BuildWebHost"))
        {
            Visit(method, 0);
        }

        HostKind kind = _kind != HostKind.None ? _kind : _hasCustom ? HostKind.Custom : HostKind.None;
        return new HostConfiguration(kind)
        {
            Operations = [.. _operations.Where(operation => kind == HostKind.Custom || !operation.Custom || _chains).Select(static operation => operation.Operation)],
            UserSecretsId = executable.UserSecretsId,
            ApplicationName = _applicationName.Length > 0 ? _applicationName : executable.Name,
            Incomplete = _incomplete,
        };
    }

    private void Visit(MethodNode method, int depth)
    {
        if (depth > MaximumDepth || !_visited.Add(method) || CodeProgram.IsBindingGenerator(method.Method.Reference.TypeDefinition))
        {
            return;
        }

        if (method.Method.StateMachine.Length > 0)
        {
            foreach (MethodNode part in program.MethodsOf(method.Method.StateMachine).Where(static part => part.Method.Reference.Name == "MoveNext"))
            {
                Visit(part, depth + 1);
            }
        }

        foreach (CodeSite site in method.Body.Sites)
        {
            See(site, method);
            bool outer = _forHost;
            _forHost |= site.Target.Name == "ConfigureHostConfiguration";
            foreach (MethodNode target in program.Resolve(site.Target, site.IsVirtual))
            {
                Visit(target, depth + 1);
            }

            foreach (CodeValue argument in site.Arguments)
            {
                VisitDelegates(argument, depth, 0);
            }

            _forHost = outer;
        }
    }

    private void VisitDelegates(CodeValue value, int depth, int nesting)
    {
        if (value is DelegateValue made)
        {
            foreach (MethodNode target in program.Resolve(made.Method, isVirtual: true))
            {
                Visit(target, depth + 1);
            }
        }
        else if (value is ChoiceValue choice && nesting < 3)
        {
            foreach (CodeValue part in choice.Values)
            {
                VisitDelegates(part, depth, nesting + 1);
            }
        }
    }

    private void See(CodeSite site, MethodNode method)
    {
        CodeMethodReference target = site.Target;
        string type = target.TypeDefinition, name = target.Name;
        HostKind kind = (type, name) switch
        {
            ("Microsoft.AspNetCore.Builder.WebApplication", "CreateBuilder" or "Create") => HostKind.WebApplication,
            ("Microsoft.AspNetCore.Builder.WebApplication", "CreateSlimBuilder") => HostKind.WebApplicationSlim,
            ("Microsoft.AspNetCore.Builder.WebApplication", "CreateEmptyBuilder") or ("Microsoft.Extensions.Hosting.Host", "CreateEmptyApplicationBuilder") or ("Microsoft.Extensions.Hosting.HostBuilder", ".ctor") or ("Microsoft.AspNetCore.Hosting.WebHostBuilder", ".ctor") => HostKind.Empty,
            ("Microsoft.Extensions.Hosting.Host", "CreateApplicationBuilder") or ("Microsoft.Extensions.Hosting.HostApplicationBuilder", ".ctor") or ("Aspire.Hosting.DistributedApplication", "CreateBuilder") or ("Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication", "CreateBuilder") => HostKind.HostApplication,
            ("Microsoft.Extensions.Hosting.Host", "CreateDefaultBuilder") or ("Microsoft.AspNetCore.WebHost", "CreateDefaultBuilder") => HostKind.DefaultBuilder,
            ("Microsoft.AspNetCore.Components.WebAssembly.Hosting.WebAssemblyHostBuilder", "CreateDefault") => HostKind.WebAssembly,
            _ => HostKind.None,
        };
        if (kind != HostKind.None)
        {
            if (_kind == HostKind.None)
            {
                _kind = kind;
                Location = locate(method.Assembly.Name, site.Place);
                Member = method.DisplayName;
            }

            return;
        }

        if (type == "Microsoft.Extensions.Configuration.ConfigurationBuilder" && site.IsNew)
        {
            _hasCustom = true;
            Location ??= locate(method.Assembly.Name, site.Place);
            return;
        }

        if (name == "set_ApplicationName" && site.Arguments is [_, TextValue application])
        {
            _applicationName = application.Text;
            return;
        }

        SeeOperation(site, method, type, name);
    }

    private void SeeOperation(CodeSite site, MethodNode method, string type, string name)
    {
        switch (type)
        {
            case "Microsoft.Extensions.Configuration.JsonConfigurationExtensions" when name == "AddJsonFile":
                AddFile(ProviderKind.JsonFile, site, method);
                return;
            case "Microsoft.Extensions.Configuration.XmlConfigurationExtensions" when name == "AddXmlFile":
                AddFile(ProviderKind.XmlFile, site, method);
                return;
            case "Microsoft.Extensions.Configuration.IniConfigurationExtensions" when name == "AddIniFile":
                AddFile(ProviderKind.IniFile, site, method);
                return;
            case "Microsoft.Extensions.Configuration.KeyPerFileConfigurationBuilderExtensions" when name == "AddKeyPerFile":
                AddFile(ProviderKind.KeyPerFile, site, method);
                return;
            case "Microsoft.Extensions.Configuration.EnvironmentVariablesExtensions" when name == "AddEnvironmentVariables":
                Add(Operation(ProviderKind.EnvironmentVariables, site, method) with { Argument = site.Arguments.Length > 1 ? site.Target.Parameters[1] == "System.String" ? TextOf(site.Arguments[1], method) : null : "" }, site, method);
                return;
            case "Microsoft.Extensions.Configuration.CommandLineConfigurationExtensions" when name == "AddCommandLine":
                Add(Operation(ProviderKind.CommandLine, site, method) with { Entries = site.Arguments.Length > 2 ? Entries(site.Arguments[2], method) : [] }, site, method);
                return;
            case "Microsoft.Extensions.Configuration.UserSecretsConfigurationExtensions" when name == "AddUserSecrets":
                Add(Operation(ProviderKind.UserSecrets, site, method) with { Argument = site.Target.Parameters.Length > 1 && site.Target.Parameters[1] == "System.String" ? TextOf(site.Arguments[1], method) : "" }, site, method);
                return;
            case "Microsoft.Extensions.Configuration.MemoryConfigurationBuilderExtensions" when name == "AddInMemoryCollection":
                Add(Operation(ProviderKind.InMemory, site, method) with { Entries = site.Arguments.Length > 1 ? Entries(site.Arguments[1], method) : [] }, site, method);
                return;
            case "Microsoft.Extensions.Configuration.ChainedBuilderExtensions" or "Microsoft.AspNetCore.Hosting.HostingAbstractionsWebHostBuilderExtensions" when name is "AddConfiguration" or "UseConfiguration":
                _chains = true;
                return;
            case "DotNetEnv.Env" or "dotenv.net.DotEnv" or "DotNetEnv.Configuration.ConfigurationBuilderExtensions" or "dotenv.net.DotEnvOptions" when name is "Load" or "LoadMulti" or "AddDotNetEnv" or "AddDotNetEnvMulti" or "LoadContents":
                int path = type.StartsWith("DotNetEnv.Configuration", StringComparison.Ordinal) ? 1 : site.Target.IsStatic ? 0 : 1;
                Add(Operation(ProviderKind.DotEnv, site, method) with { Argument = path < site.Arguments.Length ? TextOf(site.Arguments[path], method) ?? ".env" : ".env", Optional = true }, site, method);
                return;
            case "Microsoft.AspNetCore.Hosting.IWebHostBuilder" or "Microsoft.AspNetCore.Hosting.HostingAbstractionsWebHostBuilderExtensions" when name is "UseSetting" or "UseUrls":
                AddSetting(site, method, name);
                return;
            case "System.Collections.Generic.ICollection`1" or "System.Collections.Generic.IList`1" when IsSources(site):
                SeeSources(site, method, name);
                return;
            case "Microsoft.Extensions.Configuration.IConfigurationBuilder" or "Microsoft.Extensions.Configuration.ConfigurationBuilder" or "Microsoft.Extensions.Configuration.ConfigurationManager" or "Microsoft.Extensions.Configuration.ConfigurationExtensions" when name == "Add":
                AddSource(site, method, site.Arguments.Length > 1 ? site.Arguments[1] : NullValue.Instance, first: false);
                return;
            case "Microsoft.Extensions.Configuration.IConfiguration" or "Microsoft.Extensions.Configuration.ConfigurationManager" or "Microsoft.Extensions.Configuration.IConfigurationRoot" when name == "set_Item" && site.Arguments.Length == 3:
                if (TextOf(site.Arguments[1], method) is { } key)
                {
                    Add(Operation(ProviderKind.InMemory, site, method) with { Entries = [KeyValuePair.Create(key, TextOf(site.Arguments[2], method))] }, site, method);
                }

                return;
        }

        if (name == "UseSetting" && type == "Microsoft.AspNetCore.Builder.ConfigureWebHostBuilder")
        {
            AddSetting(site, method, name);
        }
        else if (site.Target.IsStatic && !program.IsOwn(site.Target) && site.Target.Parameters.Length > 0 && ConfigurationCalls.IsBuilder(site.Target.Parameters[0])
            && name.StartsWith("Add", StringComparison.Ordinal) && type != "Microsoft.Extensions.Configuration.FileConfigurationExtensions")
        {
            Add(Operation(ProviderKind.External, site, method) with { TypeName = $"{type}.{name}" }, site, method);
        }
        else if (site.Target is { IsStatic: true } && program.Type(type) is null && name is "AddAzureKeyVault" or "AddAzureAppConfiguration" or "AddSystemsManager" or "AddSecretsManager" or "AddVault")
        {
            Add(Operation(ProviderKind.External, site, method) with { TypeName = $"{type}.{name}" }, site, method);
        }
    }

    private static bool IsSources(CodeSite site) => site.Target.Type.Contains("Microsoft.Extensions.Configuration.IConfigurationSource", StringComparison.Ordinal);

    private void SeeSources(CodeSite site, MethodNode method, string name)
    {
        switch (name)
        {
            case "Clear":
                Add(Operation(ProviderKind.Clear, site, method), site, method);
                break;
            case "Add" when site.Arguments.Length == 2:
                AddSource(site, method, site.Arguments[1], first: false);
                break;
            case "Insert" when site.Arguments.Length == 3:
                AddSource(site, method, site.Arguments[2], first: site.Arguments[1] is NumberValue { Text: "0" });
                _incomplete |= site.Arguments[1] is not NumberValue { Text: "0" };
                break;
            case "Remove" or "RemoveAt" or "set_Item":
                _incomplete = true;
                break;
        }
    }

    private void AddSource(CodeSite site, MethodNode method, CodeValue source, bool first)
    {
        if (source is not CallValue { Site: { IsNew: true } made })
        {
            string type = evaluator.EvaluateClosed(source, method) is [{ Kind: MeaningKind.Object, Text: var known }] ? known : "";
            Add(Operation(ProviderKind.External, site, method) with { TypeName = type, First = first }, site, method);
            return;
        }

        ProviderKind kind = made.Target.TypeDefinition switch
        {
            "Microsoft.Extensions.Configuration.Json.JsonConfigurationSource" => ProviderKind.JsonFile,
            "Microsoft.Extensions.Configuration.Xml.XmlConfigurationSource" => ProviderKind.XmlFile,
            "Microsoft.Extensions.Configuration.Ini.IniConfigurationSource" => ProviderKind.IniFile,
            "Microsoft.Extensions.Configuration.KeyPerFile.KeyPerFileConfigurationSource" => ProviderKind.KeyPerFile,
            "Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationSource" => ProviderKind.EnvironmentVariables,
            "Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationSource" => ProviderKind.CommandLine,
            "Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource" => ProviderKind.InMemory,
            _ => ProviderKind.External,
        };
        ProviderOperation operation = Operation(kind, site, method) with { First = first, TypeName = kind == ProviderKind.External ? made.Target.Type : "" };
        foreach (CodeSite setter in method.Body.Sites.Where(setter => setter.Arguments is [CallValue owner, _] && ReferenceEquals(owner.Site, made)))
        {
            operation = setter.Target.Name switch
            {
                "set_Path" or "set_Prefix" => operation with { Argument = TextOf(setter.Arguments[1], method) },
                "set_Optional" => operation with { Optional = setter.Arguments[1] is NumberValue { Text: "1" } },
                "set_InitialData" => operation with { Entries = Entries(setter.Arguments[1], method) },
                _ => operation,
            };
        }

        Add(operation, site, method);
    }

    private void AddFile(ProviderKind kind, CodeSite site, MethodNode method)
    {
        int path = site.Target.Parameters.IndexOf("System.String");
        int optional = site.Target.Parameters.IndexOf("System.Boolean");
        Add(
            Operation(kind, site, method) with
            {
                Argument = path > 0 && path < site.Arguments.Length ? TextOf(site.Arguments[path], method) : null,
                Optional = optional > 0 && optional < site.Arguments.Length && site.Arguments[optional] is not NumberValue { Text: "0" },
            },
            site,
            method);
    }

    private void AddSetting(CodeSite site, MethodNode method, string name)
    {
        string? key = name == "UseUrls" ? "urls" : site.Arguments.Length == 3 ? TextOf(site.Arguments[1], method) : null;
        string? value = name == "UseUrls"
            ? site.Arguments.Length == 2 && site.Arguments[1] is ListValue urls && urls.Elements.TrueForAll(static url => url is TextValue) ? string.Join(';', urls.Elements.Select(static url => ((TextValue)url).Text)) : null
            : site.Arguments.Length == 3 ? TextOf(site.Arguments[2], method) : null;
        if (key is not null)
        {
            Add(Operation(ProviderKind.InMemory, site, method) with { Entries = [KeyValuePair.Create(key, value)] }, site, method);
        }
    }

    private ProviderOperation Operation(ProviderKind kind, CodeSite site, MethodNode method)
    {
        Guarding guarding = _guards.Of(site, method, []);
        return new ProviderOperation(kind, locate(method.Assembly.Name, site.Place)) { OnlyIn = [.. guarding.OnlyIn], NotIn = [.. guarding.NotIn], First = _forHost };
    }

    private void Add(ProviderOperation operation, CodeSite site, MethodNode method)
    {
        _incomplete |= operation.Argument is null;
        _operations.Add((operation, IsCustom(site, method)));
    }

    // Whether the builder is a ConfigurationBuilder of its own, not the host's.
    private bool IsCustom(CodeSite site, MethodNode method)
    {
        CodeValue? at = site.Arguments.Length > 0 ? site.Arguments[0] : null;
        for (int depth = 0; at is CallValue { Site: var from } && depth < 64; depth++)
        {
            if (from.IsNew)
            {
                return from.Target.TypeDefinition == "Microsoft.Extensions.Configuration.ConfigurationBuilder";
            }

            if (!ConfigurationCalls.IsBuilder(from.Target.Returns) && from.Target.Name != "get_Sources")
            {
                return false;
            }

            at = from.Arguments.Length > 0 ? from.Arguments[0] : null;
        }

        return at is ParameterValue or FieldValue && evaluator.EvaluateClosed(at, method) is [{ Kind: MeaningKind.Object, Text: "Microsoft.Extensions.Configuration.ConfigurationBuilder" }];
    }

    // The name of the environment stays a hole.
    private string? TextOf(CodeValue value, MethodNode method)
    {
        List<string> texts = [.. evaluator.EvaluateClosed(value, method)
            .Where(static meaning => meaning.Kind is MeaningKind.Text or MeaningKind.Number && !meaning.Text.Contains(Meaning.Unknown, StringComparison.Ordinal))
            .Select(static meaning => meaning.Text)];
        return texts.Find(static text => text.Contains(ValueEvaluator.EnvironmentHole, StringComparison.Ordinal)) ?? texts.FirstOrDefault();
    }

    private ImmutableArray<KeyValuePair<string, string?>> Entries(CodeValue value, MethodNode method)
    {
        var entries = ImmutableArray.CreateBuilder<KeyValuePair<string, string?>>();
        switch (value)
        {
            case CallValue { Site: { IsNew: true, Arguments: [var wrapped] } wrapper } when wrapper.Target.TypeDefinition.StartsWith("<>z__ReadOnly", StringComparison.Ordinal):
                // What the compiler makes of a collection expression.
                if (wrapped is ListValue)
                {
                    return Entries(wrapped, method);
                }

                if (Pair(wrapped, method) is { } only)
                {
                    entries.Add(only);
                }

                break;
            case CallValue { Site: { IsNew: true } made }:
                foreach (CodeSite site in method.Body.Sites.Where(site => site.Target.Name is "Add" or "set_Item" && site.Arguments is [CallValue owner, ..] && ReferenceEquals(owner.Site, made)))
                {
                    if (site.Arguments.Length == 3 && TextOf(site.Arguments[1], method) is { } key)
                    {
                        entries.Add(KeyValuePair.Create(key, TextOf(site.Arguments[2], method)));
                    }
                    else if (site.Arguments.Length == 2 && Pair(site.Arguments[1], method) is { } pair)
                    {
                        entries.Add(pair);
                    }
                    else
                    {
                        _incomplete = true;
                    }
                }

                break;
            case ListValue list:
                foreach (CodeValue element in list.Elements)
                {
                    if (Pair(element, method) is { } pair)
                    {
                        entries.Add(pair);
                    }
                    else
                    {
                        _incomplete = true;
                    }
                }

                break;
            case NullValue:
                break;
            default:
                _incomplete = true;
                break;
        }

        return entries.DrainToImmutable();
    }

    private KeyValuePair<string, string?>? Pair(CodeValue value, MethodNode method) =>
        value is CallValue { Site: { IsNew: true, Arguments: [var key, var content] } } && TextOf(key, method) is { } text ? KeyValuePair.Create(text, TextOf(content, method)) : null;
}

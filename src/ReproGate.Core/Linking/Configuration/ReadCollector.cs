using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>Goes through the calls that read configuration and finds their keys, in every course of calls that leads to them.</summary>
internal sealed class ReadCollector(CodeProgram program, CallGraph graph, ValueEvaluator evaluator, LibraryReaders libraries, Func<string, CodePlace?, SourceLocation?> locate)
{
    private const int MaximumFrames = 2000;
    private const int MaximumReads = 50_000;

    private readonly UseAnalysis _uses = new(program, graph);
    private readonly GuardAnalysis _guards = new(program, graph);
    private readonly OptionsShape _options = new(program);
    private readonly Dictionary<(string, ReadKind, SourceLocation?, string), ConfigurationRead> _reads = [];
    private readonly Dictionary<(string, SourceLocation?), UnresolvedRead> _unresolved = [];

    /// <summary>Places with more courses of calls than are followed.</summary>
    public List<string> Unread { get; } = [];

    public IEnumerable<ConfigurationRead> Reads => _reads.Values;

    public IEnumerable<UnresolvedRead> Unresolved => _unresolved.Values;

    /// <summary>Collects the reads of one method.</summary>
    public void Collect(MethodNode method)
    {
        if (CodeProgram.IsBindingGenerator(method.Method.Reference.TypeDefinition))
        {
            return;
        }

        foreach (CodeSite site in method.Body.Sites)
        {
            if (_reads.Count > MaximumReads)
            {
                Unread.Add("The code reads more keys than are followed.");
                return;
            }

            CallForm form = ConfigurationCalls.FormOf(site.Target);
            if (form is CallForm.SetIndexer or CallForm.Section or CallForm.SectionKey or CallForm.SectionPath)
            {
                continue;
            }

            if (form == CallForm.None)
            {
                if (!program.IsOwn(site.Target))
                {
                    CollectOther(method, site);
                }

                continue;
            }

            Follow(method, site, form);
        }
    }

    // Which arguments decide the key: the configuration, the key below it, and the options type.
    private (CodeValue? Configuration, CodeValue? Key) Parts(CodeSite site, CallForm form)
    {
        CodeMethodReference target = site.Target;
        int configuration = ConfigurationCalls.ConfigurationArgument(target);
        CodeValue? At(int index) => (uint)index < (uint)site.Arguments.Length ? site.Arguments[index] : null;
        return form switch
        {
            CallForm.Indexer or CallForm.ConnectionString or CallForm.RequiredSection => (At(0), At(1)),
            CallForm.GetValue => (At(0), At(target.Parameters.Length > 1 && target.Parameters[1] == "System.Type" ? 2 : 1)),
            CallForm.Bind when target.Parameters.Length >= 3 && target.Parameters[1] == "System.String" => (At(0), At(1)),
            CallForm.BindConfiguration => (null, At(1)),
            CallForm.Variable or CallForm.ExpandVariables => (null, At(0)),
            CallForm.AllVariables => (null, null),
            _ => (At(configuration), null),
        };
    }

    private void Follow(MethodNode method, CodeSite site, CallForm form)
    {
        (CodeValue? configuration, CodeValue? key) = Parts(site, form);
        string type = TypeOf(site, form, method);
        var open = new Queue<(Frame Frame, CodePlace? Place, bool Settled, bool Generated, MethodNode At)>();
        open.Enqueue((new Frame(method), site.Place, false, site.Generated, method));
        int followed = 0;
        while (open.TryDequeue(out var next))
        {
            if (++followed > MaximumFrames)
            {
                Unread.Add($"{method.DisplayName} reads configuration in more ways than are followed.");
                return;
            }

            (Frame frame, CodePlace? place, bool settled, bool generated, MethodNode at) = next;
            IReadOnlyList<Meaning> sections = [Meaning.Root];
            bool needsForSection = false, needsForKey = false;
            if (configuration is not null)
            {
                sections = evaluator.Evaluate(configuration, frame, out needsForSection);
            }

            IReadOnlyList<Meaning> keys = [Meaning.OfText("")];
            if (key is not null)
            {
                keys = evaluator.Evaluate(key, frame, out needsForKey);
            }

            string closedType = evaluator.TypeIn(type, frame);
            bool needsForType = closedType.Contains('!', StringComparison.Ordinal);
            // The key's place is where it is written, not where it is handed to .NET.
            settled |= !needsForKey && !needsForType && (key is not null || !needsForSection);
            bool lifted = false;
            if (needsForSection || needsForKey || needsForType)
            {
                foreach (Frame further in evaluator.Lift(frame))
                {
                    lifted = true;
                    Frame outer = further.Outermost;
                    CodeSite? from = CallInto(further);
                    bool moves = !settled && from?.Place is not null;
                    open.Enqueue((further, moves ? from!.Place : place, settled, moves ? from!.Generated : generated, moves ? outer.Method : at));
                }
            }

            if (!lifted)
            {
                foreach (Meaning section in sections)
                {
                    foreach (Meaning part in keys)
                    {
                        Emit(method, site, form, frame, section, key is null ? null : part, closedType, place, generated, at, key ?? configuration);
                    }
                }
            }
        }
    }

    // The call from the outermost frame into the next one.
    private static CodeSite? CallInto(Frame frame)
    {
        Frame at = frame;
        while (at.Caller is { Caller: not null })
        {
            at = at.Caller;
        }

        return at.ByDelegate && at.Site?.Target.Name != "Invoke" ? null : at.Site;
    }

    private static string TypeOf(CodeSite site, CallForm form, MethodNode method)
    {
        switch (form)
        {
            case CallForm.GetValue or CallForm.Get:
                if (site.TypeArguments.Length > 0)
                {
                    return site.TypeArguments[0];
                }

                // A generated Get or GetValue names its type in an argument or result; the reflecting one takes a Type.
                int typed = site.Target.Parameters.IndexOf("System.Type");
                return typed >= 0 && typed < site.Arguments.Length && site.Arguments[typed] is TypeValue of ? of.Name : site.Target.Returns is "System.Object" ? "" : site.Target.Returns;
            case CallForm.Configure or CallForm.BindConfiguration:
                return site.TypeArguments.Length > 0 ? site.TypeArguments[0] : "";
            case CallForm.OptionsBind:
                return site.TypeArguments.Length > 0 ? site.TypeArguments[0] : CodeTypeName.Arguments(site.Target.Parameters[0]) is [var options] ? options : "";
            case CallForm.Bind:
                int instance = site.Target.Parameters.Length >= 3 && site.Target.Parameters[1] == "System.String" ? 2 : 1;
                return instance < site.Arguments.Length ? StaticType(site.Arguments[instance], method) : "";
            default:
                return "";
        }
    }

    private static string StaticType(CodeValue value, MethodNode method) => value switch
    {
        CallValue { Site: { IsNew: true } made } => made.Target.Type,
        CallValue { Site: var call } => CodeTypeName.Substitute(call.Target.Returns, CodeTypeName.Arguments(call.Target.Type), call.TypeArguments),
        ParameterValue parameter => method.Method.Reference.ArgumentType(parameter.Index),
        FieldValue field => field.Field.Type,
        ChoiceValue choice => choice.Values.Select(part => StaticType(part, method)).FirstOrDefault(static type => type.Length > 0) ?? "",
        _ => "",
    };

    private void Emit(MethodNode method, CodeSite site, CallForm form, Frame frame, Meaning section, Meaning? part, string type, CodePlace? place, bool generated, MethodNode at, CodeValue? shown)
    {
        SourceLocation? location = locate(at.Assembly.Name, place);
        if (form is CallForm.Variable or CallForm.AllVariables or CallForm.ExpandVariables)
        {
            EmitVariable(method, site, form, frame, part, location, generated, at, shown);
            return;
        }

        if (section.Kind is MeaningKind.Null or MeaningKind.Type or MeaningKind.Number or MeaningKind.Delegate)
        {
            return;
        }

        if (section.Kind is not (MeaningKind.Configuration or MeaningKind.Children))
        {
            section = ConfigurationRootOrUnknown(site, section);
        }

        Meaning key = form switch
        {
            CallForm.ConnectionString => Meaning.Below(Meaning.Below(section, Meaning.OfText("ConnectionStrings")), part!.AsText()),
            CallForm.BindConfiguration => part!.AsText() with { Kind = MeaningKind.Configuration },
            _ => part is null || part.Kind == MeaningKind.Null && form is CallForm.GetValue ? section : Meaning.Below(section, part.AsText()),
        };
        key = WithoutHole(key with { Text = key.Text.Trim(':') });
        if (key.Text.Contains(Meaning.Unknown, StringComparison.Ordinal))
        {
            AddUnresolved(key, shown, frame, location, at, method);
            return;
        }

        string text = key.Text.Replace(Meaning.Each, '*');
        IReadOnlyList<CodeSite> alternatives = _uses.Alternatives(site, method);
        Guarding guarding = _guards.Of(site, method, alternatives);
        ConfigurationRead basis = new(text, ReadKind.Value, location)
        {
            Assembly = at.Assembly.Name,
            Member = at.DisplayName,
            Generated = generated,
            OnlyIn = [.. guarding.OnlyIn],
            NotIn = [.. guarding.NotIn],
        };
        switch (form)
        {
            case CallForm.Indexer or CallForm.SectionValue:
                Add(WithUses(basis, site, method, frame, alternatives, guarding, []));
                break;
            case CallForm.ConnectionString:
                Add(WithUses(basis with { Kind = ReadKind.ConnectionString }, site, method, frame, alternatives, guarding, []) with { Type = ConfigurationValueType.ConnectionString });
                break;
            case CallForm.Exists:
                Add(basis with { Kind = ReadKind.Exists, Requirement = Requirement.Optional, Type = ConfigurationValueType.Object });
                break;
            case CallForm.RequiredSection:
                Add(basis with { Kind = ReadKind.Section, Requirement = guarding.ByConfiguration ? Requirement.Optional : Requirement.Required, Type = ConfigurationValueType.Object });
                break;
            case CallForm.Children or CallForm.Enumerate:
                Add(basis with { Kind = ReadKind.Section, WholeSection = true, Requirement = Requirement.Optional, Type = ConfigurationValueType.Object });
                break;
            case CallForm.GetValue:
                EmitGetValue(basis, site, method, frame, type, alternatives, guarding);
                break;
            default:
                EmitBound(basis, site, form, method, frame, type, guarding, alternatives);
                break;
        }
    }

    private static Meaning WithoutHole(Meaning key) => key.Text.Contains(ValueEvaluator.EnvironmentHole, StringComparison.Ordinal)
        ? key with { Text = key.Text.Replace(ValueEvaluator.EnvironmentHole, Meaning.Unknown.ToString(), StringComparison.Ordinal), Reason = "holds the name of the environment" }
        : key;

    private static Meaning ConfigurationRootOrUnknown(CodeSite site, Meaning section)
    {
        int index = ConfigurationCalls.ConfigurationArgument(site.Target);
        return index >= 0 && site.Target.ArgumentType(index) == "Microsoft.Extensions.Configuration.IConfigurationSection"
            ? new Meaning(MeaningKind.Configuration) { Text = Meaning.Unknown.ToString(), Reason = section.Reason }
            : Meaning.Root;
    }

    private void EmitVariable(MethodNode method, CodeSite site, CallForm form, Frame frame, Meaning? part, SourceLocation? location, bool generated, MethodNode at, CodeValue? shown)
    {
        IReadOnlyList<CodeSite> alternatives = _uses.Alternatives(site, method);
        Guarding guarding = _guards.Of(site, method, alternatives);
        var basis = new ConfigurationRead("", ReadKind.EnvironmentVariable, location)
        {
            Assembly = at.Assembly.Name,
            Member = at.DisplayName,
            Generated = generated,
            OnlyIn = [.. guarding.OnlyIn],
            NotIn = [.. guarding.NotIn],
        };
        if (form == CallForm.AllVariables)
        {
            Add(basis with { WholeSection = true, Requirement = Requirement.Optional, Type = ConfigurationValueType.Object });
            return;
        }

        Meaning name = WithoutHole(part!.AsText());
        if (form == CallForm.ExpandVariables)
        {
            foreach (string variable in Expanded(name.Text))
            {
                Add(basis with { Key = variable, Requirement = Requirement.Optional });
            }

            if (name.Text.Contains(Meaning.Unknown, StringComparison.Ordinal) && name.Text.Length == 1)
            {
                AddUnresolved(name, shown, frame, location, at, method);
            }

            return;
        }

        if (name.Text.Length == 0)
        {
            return;
        }

        if (name.Text.Contains(Meaning.Unknown, StringComparison.Ordinal))
        {
            AddUnresolved(name, shown, frame, location, at, method);
            return;
        }

        Add(WithUses(basis with { Key = name.Text.Replace(Meaning.Each, '*') }, site, method, frame, alternatives, guarding, []));
    }

    private static IEnumerable<string> Expanded(string text)
    {
        string[] parts = text.Split('%');
        for (int i = 1; i + 1 < parts.Length; i += 2)
        {
            if (parts[i].Length > 0 && !parts[i].Contains(Meaning.Unknown, StringComparison.Ordinal))
            {
                yield return parts[i];
            }
        }
    }

    private void EmitGetValue(ConfigurationRead basis, CodeSite site, MethodNode method, Frame frame, string type, IReadOnlyList<CodeSite> alternatives, Guarding guarding)
    {
        string plain = ValueTypes.Underlying(type);
        string name = basis.Key[(basis.Key.LastIndexOf(':') + 1)..];
        ConfigurationRead read = WithUses(basis, site, method, frame, alternatives, guarding, []);
        if (ValueTypes.OfScalar(plain, name) is { } scalar && scalar != ConfigurationValueType.String)
        {
            read = read with { Type = scalar };
        }
        else if (program.Type(plain) is { Kind: CodeTypeKind.Enum } or null && ValueTypes.EnumMembers(plain, program) is { Length: > 0 } members)
        {
            read = read with { Type = ConfigurationValueType.Enum, EnumMembers = members };
        }

        bool hasDefault = site.Target.Parameters.Length > (site.Target.Parameters.Contains("System.Type") ? 3 : 2);
        if (hasDefault)
        {
            IReadOnlyList<Meaning> standard = evaluator.Evaluate(site.Arguments[^1], frame, out _);
            read = standard switch
            {
                [{ Kind: MeaningKind.Text or MeaningKind.Number } constant] when !constant.Text.Contains(Meaning.Unknown, StringComparison.Ordinal) =>
                    read with { Requirement = Requirement.Defaulted, Default = constant.Kind == MeaningKind.Number ? ValueTypes.Written(constant.Text, type, program) : constant.Text },
                [{ Kind: MeaningKind.Null }] => read.Requirement == Requirement.Defaulted ? read : read with { Requirement = Requirement.Optional },
                _ => read with { Requirement = Requirement.Defaulted },
            };
        }
        else if (read.Requirement != Requirement.Defaulted && (type.StartsWith("System.Nullable`1", StringComparison.Ordinal) || plain == "System.Boolean"))
        {
            UseSummary uses = _uses.Of(site, method, frame);
            if (!uses.Throws)
            {
                // A missing flag is false, without a word.
                read = plain == "System.Boolean" && !type.StartsWith("System.Nullable`1", StringComparison.Ordinal)
                    ? read with { Requirement = Requirement.Defaulted, Default = "false" }
                    : read with { Requirement = Requirement.Optional };
            }
        }

        Add(read);
    }

    private void EmitBound(ConfigurationRead basis, CodeSite site, CallForm form, MethodNode method, Frame frame, string type, Guarding guarding, IReadOnlyList<CodeSite> alternatives)
    {
        string plain = ValueTypes.Underlying(type);
        if (form == CallForm.Get && ValueTypes.IsScalar(plain, program))
        {
            EmitGetValue(basis, site, method, frame, type, alternatives, guarding);
            return;
        }

        UseSummary? uses = form == CallForm.Get ? _uses.Of(site, method, frame) : null;
        bool isOptional = guarding.ByConfiguration || (uses is { Throws: false } && (uses.HasDefault || uses.Tested));
        if (ValueTypes.IsCollection(type, out bool isMap))
        {
            Requirement requirement = uses is { Throws: true } ? Requirement.Required : uses is { HasDefault: true } ? Requirement.Defaulted : Requirement.Optional;
            Add(basis with { Kind = ReadKind.Options, WholeSection = true, Type = isMap ? ConfigurationValueType.Object : ConfigurationValueType.Array, Requirement = requirement });
            return;
        }

        if (plain.Length == 0 || plain.Contains('!', StringComparison.Ordinal) || program.Type(plain) is not { Kind: CodeTypeKind.Class or CodeTypeKind.Struct })
        {
            if (libraries.OfOptions(CodeTypeName.Definition(plain)) is { } known)
            {
                foreach (ConfigurationRead key in known)
                {
                    Add(key with { Key = basis.Key.Length == 0 ? key.Key : $"{basis.Key}:{key.Key}", Location = basis.Location, Assembly = basis.Assembly, Member = basis.Member });
                }

                return;
            }

            Add(basis with { Kind = ReadKind.Options, WholeSection = true, Type = ConfigurationValueType.Object, Requirement = Requirement.Optional });
            return;
        }

        foreach (ConfigurationRead key in _options.KeysOf(plain, basis.Key, isOptional))
        {
            Add(key with { Location = basis.Location, Assembly = basis.Assembly, Member = basis.Member, Generated = basis.Generated, OnlyIn = basis.OnlyIn, NotIn = basis.NotIn });
        }
    }

    private ConfigurationRead WithUses(ConfigurationRead read, CodeSite site, MethodNode method, Frame frame, IReadOnlyList<CodeSite> alternatives, Guarding guarding, ImmutableArray<string> members)
    {
        UseSummary uses = _uses.Of(site, method, frame);
        if (alternatives.Count > 1 && !ReferenceEquals(alternatives[^1], site))
        {
            // What becomes of the last one becomes of all: the tests of the others only lead on to it.
            UseSummary last = _uses.Of(alternatives[^1], method, frame);
            uses = uses with { Throws = uses.Throws || last.Throws, HasDefault = uses.HasDefault || last.HasDefault, Default = uses.Default ?? last.Default, Tested = last.Tested, Type = uses.Type ?? last.Type };
        }

        Requirement requirement = uses switch
        {
            { HasDefault: true } => Requirement.Defaulted,
            { Throws: true } => Requirement.Required,
            { Tested: true } => Requirement.Optional,
            _ => Requirement.Required,
        };
        if (guarding.ByConfiguration && requirement == Requirement.Required)
        {
            requirement = Requirement.Optional;
        }

        if (requirement == Requirement.Required && uses is { Returned: true, Used: false, Throws: false } && method.Method.ReturnsNullable == true)
        {
            requirement = Requirement.Optional;
        }

        string group = "";
        if (alternatives.Count > 1)
        {
            group = GroupOf(method, alternatives[0], frame);
        }
        else
        {
            // The read may be inside a helper that is itself one of several alternatives.
            for (Frame at = frame; at is { Caller: { } caller, Site: { } from, ByDelegate: false } && group.Length == 0; at = caller)
            {
                if (_uses.Alternatives(from, caller.Method) is { Count: > 1 } outer)
                {
                    group = GroupOf(caller.Method, outer[0], caller);
                    UseSummary of = _uses.Of(outer[^1], caller.Method, caller);
                    requirement = of.HasDefault ? Requirement.Defaulted : of.Throws ? Requirement.Required : requirement;
                }
            }
        }

        return read with
        {
            Requirement = requirement,
            Default = requirement == Requirement.Defaulted ? uses.Default : null,
            Type = uses.Type ?? ConfigurationValueType.String,
            EnumMembers = members.IsEmpty ? uses.EnumMembers : members,
            AnyOf = group,
        };
    }

    private static string GroupOf(MethodNode method, CodeSite first, Frame frame)
    {
        string course = "";
        for (Frame? at = frame; at is not null; at = at.Caller)
        {
            course += at.Site is { } site ? $"@{site.Offset}" : "";
        }

        return $"{method.DisplayName}#{first.Offset}{course}";
    }

    // Calls of libraries that are handed a configuration, and those that are known to read by themselves.
    private void CollectOther(MethodNode method, CodeSite site)
    {
        if (site.Target.Name is "get_Item" or "Contains" && site.Target.TypeDefinition is "System.Collections.IDictionary" or "System.Collections.Hashtable")
        {
            CollectFromAllVariables(method, site);
        }

        LibraryCall? known = libraries.OfCall(site.Target);
        int index = ConfigurationArgument(site);
        if (known is not null)
        {
            EmitLibrary(method, site, known, index);
        }

        if (index < 0 || known is { TakesConfiguration: true } || libraries.IsHarmless(site.Target))
        {
            return;
        }

        foreach (Meaning section in evaluator.EvaluateClosed(site.Arguments[index], method))
        {
            if (section.Kind is not (MeaningKind.Configuration or MeaningKind.Children))
            {
                continue;
            }

            SourceLocation? location = locate(method.Assembly.Name, site.Place);
            string call = $"{CodeTypeName.Simple(site.Target.Type)}.{site.Target.Name}";
            if (section.Text.Contains(Meaning.Unknown, StringComparison.Ordinal))
            {
                AddUnresolved(section, site.Arguments[index], new Frame(method), location, method, method);
            }
            else if (section.Text.Length == 0)
            {
                Unresolve(new UnresolvedRead(location, $"{call}(…)", $"hands the whole configuration to {site.Target.Assembly}, which reads keys of its own") { Assembly = method.Assembly.Name, Member = method.DisplayName });
            }
            else
            {
                Guarding guarding = _guards.Of(site, method, []);
                Add(new ConfigurationRead(section.Text.Replace(Meaning.Each, '*'), ReadKind.Section, location)
                {
                    WholeSection = true,
                    Type = ConfigurationValueType.Object,
                    Requirement = Requirement.Optional,
                    Assembly = method.Assembly.Name,
                    Member = method.DisplayName,
                    Generated = site.Generated,
                    OnlyIn = [.. guarding.OnlyIn],
                    NotIn = [.. guarding.NotIn],
                });
            }
        }
    }

    private static int ConfigurationArgument(CodeSite site)
    {
        // The receiver is no hand-over, and of "new" there is none.
        int first = site.Target.IsStatic || site.IsNew ? 0 : 1;
        for (int i = first; i < site.Arguments.Length; i++)
        {
            if (ConfigurationCalls.IsConfiguration(site.Target.ArgumentType(site.IsNew ? i + 1 : i)))
            {
                return i;
            }
        }

        return -1;
    }

    private void EmitLibrary(MethodNode method, CodeSite site, LibraryCall known, int index)
    {
        SourceLocation? location = locate(method.Assembly.Name, site.Place);
        Guarding guarding = _guards.Of(site, method, []);
        IReadOnlyList<Meaning> sections = known.TakesConfiguration && index >= 0 ? evaluator.EvaluateClosed(site.Arguments[index], method) : [Meaning.Root];
        foreach (Meaning section in sections.Where(static section => section.Kind == MeaningKind.Configuration))
        {
            foreach (ConfigurationRead key in known.Keys)
            {
                bool isVariable = key.Kind == ReadKind.EnvironmentVariable;
                foreach ((string name, string group) in Named(known, key, site, method))
                {
                    string full = isVariable || section.Text.Length == 0 ? name : name.Length == 0 ? section.Text : $"{section.Text}:{name}";
                    if (full.Length == 0 || section.Text.Contains(Meaning.Unknown, StringComparison.Ordinal))
                    {
                        continue;
                    }

                    Add(key with
                    {
                        Key = full,
                        Location = location,
                        Assembly = method.Assembly.Name,
                        Member = method.DisplayName,
                        OnlyIn = [.. guarding.OnlyIn],
                        NotIn = [.. guarding.NotIn],
                        AnyOf = key.AnyOf.Length > 0 ? $"{key.AnyOf}:{group}@{method.DisplayName}:{site.Offset}" : "",
                    });
                }
            }
        }
    }

    // "{0}" stands for the constant that the call is given, for example the name of a connection. A key without it is an alternative for each name.
    private IEnumerable<(string Key, string Group)> Named(LibraryCall known, ConfigurationRead key, CodeSite site, MethodNode method)
    {
        bool isNamed = key.Key.Contains("{0}", StringComparison.Ordinal);
        if (!isNamed && (key.AnyOf.Length == 0 || !known.Keys.Any(other => other.AnyOf == key.AnyOf && other.Key.Contains("{0}", StringComparison.Ordinal))))
        {
            yield return (key.Key, "");
            yield break;
        }

        if (known.NameArgument < site.Arguments.Length)
        {
            foreach (Meaning name in evaluator.EvaluateClosed(site.Arguments[known.NameArgument], method))
            {
                if (name.Kind == MeaningKind.Text && !name.Text.Contains(Meaning.Unknown, StringComparison.Ordinal))
                {
                    yield return (key.Key.Replace("{0}", name.Text, StringComparison.Ordinal), name.Text);
                }
            }
        }
    }

    private void CollectFromAllVariables(MethodNode method, CodeSite site)
    {
        if (site.Arguments.Length < 2 || !evaluator.EvaluateClosed(site.Arguments[0], method).Any(static meaning => meaning.Kind == MeaningKind.Variables))
        {
            return;
        }

        foreach (Meaning name in evaluator.EvaluateClosed(site.Arguments[1], method))
        {
            EmitVariable(method, site, CallForm.Variable, new Frame(method), name, locate(method.Assembly.Name, site.Place), site.Generated, method, site.Arguments[1]);
        }
    }

    private void AddUnresolved(Meaning key, CodeValue? shown, Frame frame, SourceLocation? location, MethodNode at, MethodNode inner)
    {
        string pattern = key.Text.Replace(Meaning.Unknown, '*').Replace(Meaning.Each, '*');
        while (pattern.Contains("**", StringComparison.Ordinal))
        {
            pattern = pattern.Replace("**", "*", StringComparison.Ordinal);
        }

        Unresolve(new UnresolvedRead(location, shown is null ? "" : ValueEvaluator.Describe(shown, new Frame(inner)), key.Reason.Length > 0 ? key.Reason : "is computed")
        {
            Pattern = pattern.Trim('*', ':').Length > 0 ? pattern : null,
            Assembly = at.Assembly.Name,
            Member = at.DisplayName,
        });
    }

    private void Unresolve(UnresolvedRead read) => _unresolved.TryAdd((read.Pattern ?? read.Expression, read.Location), read);

    private void Add(ConfigurationRead read)
    {
        var key = (read.Key.ToUpperInvariant(), read.Kind, read.Location, read.AnyOf);
        if (_reads.TryGetValue(key, out ConfigurationRead? known))
        {
            // Met in several courses of calls: the strictest counts.
            Requirement strictest = (Requirement)Math.Min((int)known.Requirement, (int)read.Requirement);
            _reads[key] = known with
            {
                Requirement = strictest,
                Default = strictest == Requirement.Defaulted ? known.Default ?? read.Default : null,
                WholeSection = known.WholeSection || read.WholeSection,
                Type = known.Type == ConfigurationValueType.String ? read.Type : known.Type,
                OnlyIn = known.OnlyIn.Length == 0 || read.OnlyIn.Length == 0 ? [] : [.. known.OnlyIn.Union(read.OnlyIn)],
                NotIn = [.. known.NotIn.Intersect(read.NotIn)],
                Generated = known.Generated && read.Generated,
            };
        }
        else
        {
            _reads[key] = read;
        }
    }
}

//! Constants that the program itself keeps alive: a trace need not count references to them as long as its assumptions
//! hold and no Python code runs.

use crate::recorder::Recorder;
use sidewinder_runtime::Value;
use sidewinder_runtime::hooks::Broken;
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::str::{intern, text};
use sidewinder_runtime::objects::type_object::{TypeObject, flags};

impl Recorder<'_> {
    /// Looks for what keeps a constant alive: a method is held by its class where that is a global of the method's
    /// module. Takes for granted that both stay.
    pub fn hold(&mut self, value: Value) {
        if !value.is_counted() || self.assumptions.held.contains(&value.0) {
            return;
        }
        if let Some(function) = value.cast_exact::<FunctionObject>() {
            self.hold_method(function, value);
        }
    }

    fn hold_method(&mut self, function: &'static FunctionObject, value: Value) -> Option<()> {
        let qualified = text(function.qualified_name.get())?;
        let (class_name, name) = qualified.split_once('.')?;
        let globals = dict::of(function.globals.get());
        let class_name = intern(self.cx, class_name);
        let index = globals.find_interned(class_name.value())?;
        let holder = globals.entry(index)?.1;
        let class = holder.cast::<TypeObject>()?;
        let name = intern(self.cx, name);
        if !class.has_flag(flags::HEAP) || class.namespace(self.cx).get_interned(name.value()) != Some(value) {
            return None;
        }
        let watch = self.watch(globals);
        let fact = Broken::DictEntry(watch, index as u32);
        if self.engine.is_volatile(fact) {
            return None;
        }
        class.add_flag(flags::WATCHED);
        for fact in [fact, Broken::DictKeys(watch), Broken::TypeVersion(class.version.get())] {
            self.assumptions.add(fact);
        }
        self.assumptions.held.extend([value.0, holder.0]);
        Some(())
    }
}
